/** What helps others to help, shown before it is saved. */
import { useAnswer, useBridge, useCommand, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Waiting } from '../../ui/empty.tsx';
import { plain } from '../../ui/plain.ts';
import { bytesText } from '../../ui/words.ts';

export function DiagnosticsDialog({ onClose }: { onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const preview = useAnswer('diagnostics', () => bridge.desktop['diagnostics.preview']({}));
  const save = useCommand(() => bridge.desktop['diagnostics.save']({}));
  const confirm = async () => {
    const saved = await save.run(undefined);
    if (saved?.path === undefined) return;
    onClose();
    toast({ tone: 'good', words: `Saved: ${saved.path}` });
  };
  const current = preview.pending ? undefined : preview.value;
  const error = save.error ?? preview.error;
  return (
    <Dialog
      wide
      title="Diagnostics"
      about="One file, without secrets. Nothing is sent anywhere: you decide whom you give it to."
      onClose={onClose}
      cancel="Cancel"
      actions={
        <Button
          kind="primary"
          disabled={current === undefined}
          pending={save.pending && 'Saving…'}
          onClick={() => void confirm()}
        >
          Save…
        </Button>
      }
    >
      {error !== undefined && <Failed error={error} onRetry={preview.reload} />}
      {current === undefined && error === undefined && <Waiting>Gathering it…</Waiting>}
      {current !== undefined && (
        <div className="flex flex-col gap-3">
          <ul className="divide-y divide-line border-y border-line">
            {current.parts.map(({ name, what, bytes }) => (
              <li key={name} className="flex items-baseline justify-between gap-4 py-1.5">
                <span>
                  <span className="font-medium">{name}</span> <span className="text-soft">{what}</span>
                </span>
                <span className="shrink-0 text-xs text-faint tabular">{bytesText(bytes)}</span>
              </li>
            ))}
          </ul>
          <pre
            tabIndex={0}
            aria-label="What is saved"
            className="selectable h-56 overflow-auto rounded-md bg-sunk p-3 font-mono text-2xs ring-1 ring-inset ring-line"
          >
            {plain(current.text)}
          </pre>
        </div>
      )}
    </Dialog>
  );
}
