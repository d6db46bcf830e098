/** The server's key is none of those that are pinned: whether that is right only the person can find out. */
import { useBridge, useAnswer, useCommand, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Waiting } from '../../ui/empty.tsx';

export function PinDialog({ container, onClose }: { container: string; onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const shown = useAnswer(`pins ${container}`, () => bridge.core['pins.show']({ name: container }));
  const accept = useCommand(bridge.core['pins.accept']);
  const keep = useCommand(bridge.core['pins.keep']);
  const done = (words: string) => {
    onClose();
    toast({ tone: 'good', words });
  };
  const { container: known, seen } = shown.value ?? {};
  const error = accept.error ?? keep.error ?? shown.error;
  return (
    <Dialog
      title={`The key of ${container} has changed`}
      about="Nothing has been sent to it since. Ask whoever runs the server whether they changed its key. If they did not, somebody may be reading along."
      onClose={onClose}
      actions={
        <>
          <Button
            kind="danger"
            disabled={seen === undefined}
            pending={accept.pending && 'Accepting…'}
            onClick={() =>
              void accept
                .run({ name: container })
                .then((answer) => answer && done(`The new key of ${container} is pinned.`))
            }
          >
            They changed it: accept
          </Button>
          <Button
            kind="primary"
            autoFocus
            pending={keep.pending && 'Keeping…'}
            onClick={() =>
              void keep
                .run({ name: container })
                .then((answer) => answer && done('The old key stays pinned, and is looked for again.'))
            }
          >
            Keep the old key
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {known === undefined && shown.pending && <Waiting>Looking at its keys…</Waiting>}
        {known !== undefined && (
          <dl className="flex flex-col gap-3">
            <Print label="Pinned" prints={known.tls.pins ?? []} />
            <Print label="Shown now" prints={seen === undefined ? [] : [seen]} fresh />
          </dl>
        )}
        {error !== undefined && <Failed error={error} />}
      </div>
    </Dialog>
  );
}

function Print({
  label,
  prints,
  fresh = false,
}: {
  label: string;
  prints: readonly string[];
  fresh?: boolean;
}) {
  return (
    <div>
      <dt className="text-xs font-medium text-soft">{label}</dt>
      {prints.length === 0 && <dd className="text-faint">none could be seen</dd>}
      {prints.map((print) => (
        <dd
          key={print}
          className={`selectable mt-1 rounded-md px-2.5 py-1.5 font-mono text-2xs wrap-anywhere ${fresh ? 'bg-warn-wash' : 'bg-sunk'}`}
        >
          {print}
        </dd>
      ))}
    </div>
  );
}
