/** The dialogs: those that the person opens, and those that open by themselves when something asks for a decision. */
import { useEffect, useRef } from 'react';
import type { Snapshot } from '../../shared/status.ts';
import { ConnectDialog } from '../features/clients/connect-dialog.tsx';
import { ConsentDialog } from '../features/containers/consent-dialog.tsx';
import { KeyDialog } from '../features/containers/key-dialog.tsx';
import { PinDialog } from '../features/containers/pin-dialog.tsx';
import { RemoveDialog } from '../features/containers/remove-dialog.tsx';
import { SignInDialog } from '../features/containers/sign-in-dialog.tsx';
import { useCell, useGo, useSnapshot, useStore } from './context.ts';
import { Palette } from './palette.tsx';
import type { Prompt } from './prompt.ts';

export function Prompts() {
  const { prompt: cell } = useStore();
  const prompt = useCell(cell);
  const go = useGo();
  useUrgent();
  /** Only of this dialog: what it began may end when the person has gone on to another. */
  const replace = (next: Prompt | undefined) => {
    if (cell.read() === prompt) cell.write(next);
  };
  const close = () => replace(undefined);
  switch (prompt?.kind) {
    case undefined:
      return null;
    case 'sign-in':
      return <SignInDialog key={prompt.container ?? ''} {...prompt} onClose={close} />;
    case 'key':
      return <KeyDialog container={prompt.container} onClose={close} />;
    case 'pin':
      return <PinDialog container={prompt.container} onClose={close} />;
    case 'consent':
      return (
        <ConsentDialog
          key={`${prompt.container} ${prompt.program}`}
          container={prompt.container}
          program={prompt.program}
          onClose={close}
          onNext={({ container, program }) => replace({ kind: 'consent', container, program })}
        />
      );
    case 'remove':
      return (
        <RemoveDialog
          container={prompt.container}
          onClose={close}
          onRemoved={() => {
            if (cell.read() === prompt) go({ place: 'containers' });
            close();
          }}
        />
      );
    case 'connect':
      return <ConnectDialog container={prompt.container} onClose={close} />;
    case 'palette':
      return <Palette onClose={close} />;
  }
}

/** What is new and waits for a decision opens by itself, unless the person is in another dialog. */
function useUrgent(): void {
  const { prompt } = useStore();
  const snapshot = useSnapshot();
  const seen = useRef<ReadonlySet<string> | undefined>(undefined);
  useEffect(() => {
    if (snapshot === undefined) return;
    const urgent = urgentIn(snapshot);
    const fresh = seen.current && urgent.find(({ id }) => !seen.current?.has(id));
    seen.current = new Set(urgent.map(({ id }) => id));
    if (fresh !== undefined && prompt.read() === undefined) prompt.write(fresh.prompt);
  }, [prompt, snapshot]);
}

function urgentIn(snapshot: Snapshot): { id: string; prompt: Prompt }[] {
  return [
    ...snapshot.pendingConsents.map(({ container, program }) => ({
      id: `consent ${container} ${program}`,
      prompt: { kind: 'consent' as const, container, program },
    })),
    ...snapshot.containers
      .filter(({ problem }) => problem?.code === 'pin_mismatch')
      .map(({ container: { name } }) => ({
        id: `pin ${name}`,
        prompt: { kind: 'pin' as const, container: name },
      })),
    ...snapshot.pendingSignIns
      .filter(({ userCode }) => userCode !== undefined)
      .map(({ container }) => ({
        id: `code ${container}`,
        prompt: { kind: 'sign-in' as const, container },
      })),
  ];
}
