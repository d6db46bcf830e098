/** The key of a container that is entered with one: on its way to the keychain, and nowhere else. */
import { useState, type SubmitEvent } from 'react';
import { useBridge, useCommand, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';

export function KeyDialog({ container, onClose }: { container: string; onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const [secret, setSecret] = useState('');
  const keep = useCommand(bridge.core['auth.key']);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if ((await keep.run({ name: container, secret })) === undefined) return;
    onClose();
    toast({ tone: 'good', words: `The key for ${container} is in the keychain.` });
  };
  return (
    <Dialog
      title={`Key for ${container}`}
      about="It is kept in your system’s keychain, and sent to this container alone."
      onClose={onClose}
      cancel="Cancel"
      actions={
        <Button
          kind="primary"
          type="submit"
          form="key"
          disabled={secret === ''}
          pending={keep.pending && 'Keeping it…'}
        >
          Keep key
        </Button>
      }
    >
      <form id="key" onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        <TextField label="Key" type="password" value={secret} onChange={setSecret} autoFocus mono />
        {keep.error !== undefined && <Failed error={keep.error} />}
      </form>
    </Dialog>
  );
}
