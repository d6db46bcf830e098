/** What would change in a client's config, shown before it is written. */
import type { ConfigChange, FoundClient, Result } from '../../../shared/desktop.ts';
import { useAnswer, useBridge, useCommand, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Diff } from '../../ui/diff.tsx';
import { Waiting } from '../../ui/empty.tsx';
import { unifiedLines } from '../../ui/line-diff.ts';
import { takingUpText } from './use-clients.ts';

export type ClientChange =
  { readonly kind: 'connect' | 'disconnect'; readonly container: string } | { readonly kind: 'undo' };

interface ChangeDialogProps {
  readonly client: FoundClient;
  readonly change: ClientChange;
  readonly onClose: () => void;
  /** It is written. */
  readonly onDone: () => void;
}

export function ChangeDialog({ client, change, onClose, onDone }: ChangeDialogProps) {
  const bridge = useBridge();
  const toast = useToast();
  const ask = (dryRun: boolean): Promise<Result<ConfigChange>> => {
    const of = { client: client.id, dryRun };
    if (change.kind === 'undo') return bridge.desktop['clients.undo'](of);
    const { container } = change;
    return change.kind === 'connect'
      ? bridge.desktop['clients.connect']({ ...of, container })
      : bridge.desktop['clients.disconnect']({ ...of, container });
  };
  const of = change.kind === 'undo' ? 'undo' : `${change.kind} ${change.container}`;
  const trial = useAnswer(`change ${client.id} ${of}`, () => ask(true));
  const write = useCommand(() => ask(false));
  const confirm = async () => {
    if ((await write.run(undefined)) === undefined) return;
    onDone();
    onClose();
    toast({ tone: 'good', words: `${client.title}’s config is written. ${takingUpText(client)}` });
  };
  const current = trial.pending ? undefined : trial.value;
  const nothing = current !== undefined && current.diff === undefined;
  const error = write.error ?? trial.error;
  return (
    <Dialog
      wide
      title={titleOf(client, change)}
      about={
        <>
          <span className="selectable font-mono text-xs wrap-anywhere">{client.path}</span>
        </>
      }
      onClose={onClose}
      cancel={nothing ? 'Close' : 'Cancel'}
      actions={
        !nothing && (
          <Button
            kind="primary"
            disabled={current === undefined}
            pending={write.pending && 'Writing…'}
            onClick={() => void confirm()}
          >
            Write to config
          </Button>
        )
      }
    >
      {error !== undefined && <Failed error={error} />}
      {current === undefined && error === undefined && <Waiting>Looking at what would change…</Waiting>}
      {nothing && <p className="text-soft">It is as wanted already: nothing would change.</p>}
      {current?.diff !== undefined && (
        <>
          <Diff lines={unifiedLines(current.diff)} label="What would change" />
          <p className="mt-3 text-soft">{takingUpText(client)} You can undo it any time.</p>
        </>
      )}
    </Dialog>
  );
}

function titleOf({ title }: FoundClient, change: ClientChange): string {
  if (change.kind === 'undo') return `Undo the last change of ${title}’s config?`;
  const { kind, container } = change;
  return kind === 'connect' ? `Add ${container} to ${title}?` : `Take ${container} out of ${title}?`;
}
