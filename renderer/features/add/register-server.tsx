/** Registering a server of the person's own with their account: it is looked at, pinned, and then told whom to let in. */
import { useState, type SubmitEvent } from 'react';
import type { CommandInput } from '../../../shared/control.ts';
import type { Registration } from '../../../shared/platform-control.ts';
import { useBridge, useCommand } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, TextField } from '../../ui/field.tsx';
import { addressOf, cleanName, nameOf } from './draft-form.ts';
import { FileField } from './file-field.tsx';
import { Registered } from './registered.tsx';

type Method = NonNullable<CommandInput<'platform.add'>['authMethod']>;

const methods: readonly (readonly [Method, string])[] = [
  ['platform_token', 'Tokens of your account'],
  ['mtls', 'Certificates of your account'],
  ['api_key', 'A key of its own'],
];

export function RegisterServer({ onClose }: { onClose: () => void }) {
  const bridge = useBridge();
  const add = useCommand(bridge.core['platform.add']);
  const [made, setMade] = useState<Registration>();
  const [form, setForm] = useState({ url: '', name: '', ca: '' });
  const [named, setNamed] = useState(false);
  const [authMethod, setAuthMethod] = useState<Method>('platform_token');
  const [pinned, setPinned] = useState(true);
  const url = addressOf(form.url);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (url === undefined) return;
    const ca = form.ca === '' ? {} : { ca: form.ca };
    const pin = pinned ? {} : { pin: 'none' as const };
    setMade(await add.run({ name: form.name, url, authMethod, ...ca, ...pin }));
  };
  if (made !== undefined) return <Registered registration={made} onClose={onClose} />;
  return (
    <Dialog
      title="Register a server of yours"
      about="Your account knows it then, on all your machines. Fairlead looks at it first."
      onClose={onClose}
      cancel="Cancel"
      actions={
        <Button
          kind="primary"
          type="submit"
          form="register"
          disabled={url === undefined || form.name === ''}
          pending={add.pending && 'Looking at it…'}
        >
          Register
        </Button>
      }
    >
      <form id="register" onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <TextField
          label="Address"
          value={form.url}
          onChange={(typed) =>
            setForm({ ...form, url: typed, ...(!named && { name: nameOf(addressOf(typed) ?? '') }) })
          }
          placeholder="https://mcp.example.com/mcp"
          inputMode="url"
          autoFocus
          mono
        />
        <TextField
          label="Name"
          value={form.name}
          onChange={(typed) => {
            setNamed(true);
            setForm({ ...form, name: cleanName(typed) });
          }}
        />
        <Field label="What it lets in">
          {(tie) => <Choice {...tie} value={authMethod} options={methods} onChange={setAuthMethod} />}
        </Field>
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            checked={pinned}
            onChange={(event) => setPinned(event.target.checked)}
            className="mt-1 size-3.5 shrink-0 accent-fill"
          />
          <span>
            Hold it to the key that it shows now
            <span className="block text-xs text-faint">
              Nothing is sent to a server that shows another one, until you have decided.
            </span>
          </span>
        </label>
        <FileField
          label="Certificate authority, if it has one of its own"
          purpose="ca"
          value={form.ca}
          onChange={(ca) => setForm({ ...form, ca })}
        />
        {add.error !== undefined && <Failed error={add.error} title="It could not be registered" />}
      </form>
    </Dialog>
  );
}
