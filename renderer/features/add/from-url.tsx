/** A container by its address: looked at as it is typed, and saved once the person has seen what it is. */
import { ChevronRight, Plus } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { useBridge, useCommand, useGo, usePrompt, useToast } from '../../app/context.ts';
import { hasSignIn } from '../../app/describe.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import {
  addressOf,
  cleanName,
  emptyForm,
  missingIn,
  nameOf,
  requestOf,
  type DraftForm,
} from './draft-form.ts';
import { ConnectionFields, EntryFields } from './entry-fields.tsx';
import { Found } from './found.tsx';
import { useProbe } from './use-probe.ts';

interface FromUrlProps {
  /** From a link that anybody may have written. */
  readonly url: string | undefined;
  readonly name: string | undefined;
}

export function FromUrl({ url = '', name = '' }: FromUrlProps) {
  const bridge = useBridge();
  const go = useGo();
  const prompt = usePrompt();
  const toast = useToast();
  const [typed, setForm] = useState<DraftForm>({ ...emptyForm, url, name });
  const [named, setNamed] = useState(name !== '');
  const [seen, setSeen] = useState(url === '');
  const { probe, again } = useProbe(typed, seen);
  const add = useCommand(bridge.core['containers.add']);
  const change = (part: Partial<DraftForm>) => setForm((last) => ({ ...last, ...part }));
  const report = probe.status === 'found' ? probe.report : undefined;
  const suggested = nameOf(addressOf(typed.url) ?? '', report?.server?.name);
  const form = named ? typed : { ...typed, name: suggested };
  const missing = missingIn(form);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const added = await add.run({ name: form.name, ...requestOf(form), probe: true });
    if (added === undefined) return;
    const { container } = added;
    toast({ tone: 'good', words: `${container.name} is added.` });
    go({ place: 'containers', container: container.name });
    if (hasSignIn(container) && container.auth.method !== 'client_credentials')
      prompt({ kind: 'sign-in', container: container.name });
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      {!seen && (
        <Notice
          tone="busy"
          title="A link asks you to add this container"
          action={<Button onClick={() => setSeen(true)}>Look at it</Button>}
        >
          Anybody can write such a link. Nothing has been sent to the address yet.
        </Notice>
      )}
      <TextField
        label="Address"
        value={form.url}
        onChange={(text) => {
          setSeen(true);
          change({ url: text });
        }}
        placeholder="https://mcp.example.com/mcp"
        inputMode="url"
        autoFocus
        mono
      />
      <Found probe={probe} onAgain={again} />
      <TextField
        label="Name"
        value={form.name}
        onChange={(text) => {
          setNamed(true);
          change({ name: cleanName(text) });
        }}
        hint="What your clients know it by: letters, digits, dots, dashes."
        className="max-w-xs"
      />
      <EntryFields form={form} onChange={change} found={report} />
      <details className="group">
        <summary className="flex w-fit cursor-default list-none items-center gap-1 rounded-sm text-soft hover:text-text">
          <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
          Connection and certificates
        </summary>
        <div className="pt-3 pl-[1.125rem]">
          <ConnectionFields form={form} onChange={change} />
        </div>
      </details>
      {add.error !== undefined && <Failed error={add.error} title="It could not be added" />}
      <div className="flex items-center gap-3">
        <Button
          kind="primary"
          type="submit"
          icon={Plus}
          className="min-h-8"
          disabled={missing !== undefined}
          pending={add.pending && 'Adding…'}
        >
          Add container
        </Button>
        {form.url !== '' && missing !== undefined && <p className="text-xs text-faint">{missing}</p>}
      </div>
    </form>
  );
}
