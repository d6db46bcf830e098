/** Making an API token. Its secret goes from the desktop to the clipboard, or to a dialog of the system's: never here. */
import { useState, type SubmitEvent } from 'react';
import type { TokenRow, TokenScope } from '../../../shared/platform-api.ts';
import { useBridge, useCommand, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { failure } from '../../app/prompt.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { dateText } from '../../ui/words.ts';

const scopes: readonly (readonly [TokenScope, string])[] = [
  ['mcp:tools', 'Use tools'],
  ['mcp:resources', 'Read resources'],
  ['data:read', 'Read account data'],
];

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const bridge = useBridge();
  const create = useCommand(bridge.desktop['token.create']);
  const [made, setMade] = useState<TokenRow>();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly TokenScope[]>(['mcp:tools']);
  const [days, setDays] = useState('90');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setMade(await create.run({ name, scopes: [...chosen], days: Number(days) }));
  };
  if (made !== undefined) return <Made token={made} onClose={onClose} />;
  return (
    <Dialog
      title="Create an API token"
      about="Whoever has it is let in as you, so give it no more than it needs."
      onClose={onClose}
      // It would be made all the same, and its secret never be seen.
      busy={create.pending}
      cancel="Cancel"
      actions={
        <Button
          kind="primary"
          type="submit"
          form="token"
          disabled={name.trim() === '' || chosen.length === 0}
          pending={create.pending && 'Creating…'}
        >
          Create
        </Button>
      }
    >
      <form id="token" onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <TextField label="What it is for" value={name} onChange={setName} maxLength={100} autoFocus />
        <fieldset className="flex flex-col gap-1">
          <legend className="pb-1 text-xs font-medium text-soft">What it allows</legend>
          {scopes.map(([scope, label]) => (
            <label key={scope} className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={chosen.includes(scope)}
                onChange={({ target: { checked } }) =>
                  setChosen(checked ? [...chosen, scope] : chosen.filter((each) => each !== scope))
                }
                className="size-3.5 accent-fill"
              />
              {label}
              <span className="font-mono text-2xs text-faint">{scope}</span>
            </label>
          ))}
        </fieldset>
        <Field label="How long it lasts">
          {(tie) => (
            <Choice
              {...tie}
              value={days}
              onChange={setDays}
              className="w-fit"
              options={[
                ['7', '7 days'],
                ['30', '30 days'],
                ['90', '90 days'],
                ['365', 'A year'],
              ]}
            />
          )}
        </Field>
        {create.error !== undefined && <Failed error={create.error} />}
      </form>
    </Dialog>
  );
}

function Made({ token, onClose }: { token: TokenRow; onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const { id } = token;
  const done = () => {
    void bridge.desktop['token.forget']({ id });
    onClose();
  };
  const ask = async (command: 'token.copy' | 'token.show') => {
    const answer = await bridge.desktop[command]({ id });
    if (!answer.ok) toast(failure(answer.error));
    else if (command === 'token.copy') toast({ tone: 'good', words: 'The token is on the clipboard.' });
  };
  return (
    <Dialog
      title="The token is on the clipboard"
      about={`Paste it where it is needed now: it is not shown again. It lasts until ${dateText(Date.parse(token.expires_at))}.`}
      onClose={done}
      actions={
        <>
          <Button onClick={() => void ask('token.show')}>Show it…</Button>
          <Button onClick={() => void ask('token.copy')}>Copy again</Button>
          <Button kind="primary" onClick={done}>
            I have it
          </Button>
        </>
      }
    >
      <Notice tone="warn" title="Treat it like a password">
        Fairlead does not keep it. Should it get lost or seen, revoke it here and make another.
      </Notice>
    </Dialog>
  );
}
