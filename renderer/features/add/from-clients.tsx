/** Entries of other bridges in clients' configs, offered for conversion: what they become, and what is written. */
import { Check, FileInput } from 'lucide-react';
import { useState } from 'react';
import { countText } from '../../../shared/count-text.ts';
import type { FoundEntry, ImportReport } from '../../../shared/import-control.ts';
import { useAnswer, useBridge, useCommand, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Diff } from '../../ui/diff.tsx';
import { Empty, Waiting } from '../../ui/empty.tsx';
import { TextField } from '../../ui/field.tsx';
import { unifiedLines } from '../../ui/line-diff.ts';
import { Section } from '../../ui/rows.tsx';
import { idOf, ImportEntry } from './import-entry.tsx';

export function FromClients() {
  const bridge = useBridge();
  const toast = useToast();
  const [variables, setVariables] = useState<Readonly<Record<string, string>>>({});
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const found = useAnswer('import', () => bridge.core['import.find']({ variables: given }));
  const apply = useCommand(bridge.core['import.apply']);
  const [done, setDone] = useState<ImportReport>();

  if (found.value === undefined) {
    if (found.error === undefined) return <Waiting>Looking through your clients’ configs…</Waiting>;
    return <Failed error={found.error} title="They could not be looked through" onRetry={found.reload} />;
  }
  const { entries, changes } = found.value;
  if (entries.length === 0) {
    return (
      <Empty icon={FileInput} title="Nothing to bring over">
        No client on this machine leads to a remote server by mcp-remote, supergateway or an address of its
        own.
      </Empty>
    );
  }
  const ready = entries.filter(({ container }) => container !== undefined);
  const chosen = ready.filter((entry) => !left.has(idOf(entry)));
  const missing = new Set(entries.flatMap((entry) => entry.missing));
  const wanted = [...new Set([...missing, ...Object.keys(variables)])];
  const convert = async () => {
    const report = await apply.run({
      variables: given,
      entries: chosen.map(({ client, entry }) => ({ client, entry })),
    });
    if (report === undefined) return;
    setDone(report);
    found.reload();
    if (report.failed.length === 0)
      toast({
        tone: 'good',
        words: `${countText(chosen.length, 'entry now leads', 'entries now lead')} through Fairlead.`,
      });
  };
  const turn = (entry: FoundEntry, on: boolean) => {
    const next = new Set(left);
    if (on) next.delete(idOf(entry));
    else next.add(idOf(entry));
    setLeft(next);
  };
  return (
    <>
      <p className="text-soft">
        These entries lead to remote servers by another way. Converted, they lead through Fairlead: one
        sign-in for all clients, and keys in the keychain instead of in a file.
      </p>
      <Section title="Entries">
        {entries.map((entry) => (
          <ImportEntry
            key={idOf(entry)}
            entry={entry}
            on={!left.has(idOf(entry))}
            onTurn={(on) => turn(entry, on)}
          />
        ))}
      </Section>
      {wanted.length > 0 && (
        <Section
          title="Still needed"
          about="What the entries name, and do not say. Values go to the keychain."
          action={
            <Button
              disabled={![...missing].some((name) => name in given)}
              pending={found.pending && 'Looking…'}
              onClick={found.reload}
            >
              Look again
            </Button>
          }
        >
          <div className="grid grid-cols-2 gap-4 py-3 max-sm:grid-cols-1">
            {wanted.map((name) => (
              <TextField
                key={name}
                label={name}
                type="password"
                value={variables[name] ?? ''}
                onChange={(value) => setVariables({ ...variables, [name]: value })}
                mono
              />
            ))}
          </div>
        </Section>
      )}
      {changes.map(
        ({ client, title, diff }) =>
          diff !== undefined && (
            <section key={client} aria-label={title} className="flex flex-col gap-2">
              <h3 className="font-semibold">What changes in {title}</h3>
              <Diff lines={unifiedLines(diff)} label={`What changes in ${title}`} />
            </section>
          ),
      )}
      {apply.error !== undefined && <Failed error={apply.error} />}
      {done?.failed.map(({ client, title, error }) => (
        <Failed key={client} error={error} title={`${title}’s config is as it was`} />
      ))}
      <div className="flex items-center gap-3">
        <Button
          kind="primary"
          icon={Check}
          className="min-h-8"
          disabled={chosen.length === 0}
          pending={apply.pending && 'Converting…'}
          onClick={() => void convert()}
        >
          Convert {countText(chosen.length, 'entry', 'entries')}
        </Button>
        <span className="text-xs text-faint">You can undo it under Clients.</span>
      </div>
    </>
  );
}
