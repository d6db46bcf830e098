/** Forgetting a container: asked once, because what is deleted cannot be put back. */
import { useBridge, useCommand, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

interface RemoveProps {
  readonly container: string;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

export function RemoveDialog({ container, onClose, onRemoved }: RemoveProps) {
  const bridge = useBridge();
  const toast = useToast();
  const remove = useCommand(bridge.core['containers.remove']);
  const confirm = async () => {
    if ((await remove.run({ name: container })) === undefined) return;
    onRemoved();
    toast({ tone: 'good', words: `${container} is removed, with everything that was kept for it.` });
  };
  return (
    <Dialog
      title={`Remove ${container}?`}
      about="Its sessions end, its tokens are revoked, and its keys are deleted from the keychain. Programs that name it in their config get an error until it is taken out there."
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onClick={onClose}>
            Cancel
          </Button>
          <Button kind="danger" pending={remove.pending && 'Removing…'} onClick={() => void confirm()}>
            Remove
          </Button>
        </>
      }
    >
      {remove.error !== undefined && <Failed error={remove.error} />}
    </Dialog>
  );
}
