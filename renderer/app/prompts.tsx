/** The dialogs: those that the person opens, and those that the store opens when something waits for a decision. */
import { ConnectDialog } from '../features/clients/connect-dialog.tsx';
import { ConsentDialog } from '../features/containers/consent-dialog.tsx';
import { KeyDialog } from '../features/containers/key-dialog.tsx';
import { PinDialog } from '../features/containers/pin-dialog.tsx';
import { RemoveDialog } from '../features/containers/remove-dialog.tsx';
import { SignInDialog } from '../features/containers/sign-in-dialog.tsx';
import { useCell, useGo, useStore } from './context.ts';
import { Palette } from './palette.tsx';
import type { Prompt } from './prompt.ts';

export function Prompts() {
  const { prompt: cell } = useStore();
  const prompt = useCell(cell);
  const go = useGo();
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
