/** One client: every container as a switch, and the way back. */
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { conditionOf } from '../../../shared/condition.ts';
import type { FoundClient } from '../../../shared/desktop.ts';
import { useGo, useSnapshot } from '../../app/context.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Row } from '../../ui/rows.tsx';
import { Switch } from '../../ui/switch.tsx';
import { ChangeDialog, type ClientChange } from './change-dialog.tsx';
import { names, takingUpText } from './use-clients.ts';

export function ClientDetail({ client, onChanged }: { client: FoundClient; onChanged: () => void }) {
  const snapshot = useSnapshot();
  const go = useGo();
  const [change, setChange] = useState<ClientChange>();
  const containers = snapshot?.containers.filter(({ configured }) => configured) ?? [];
  const known = new Set(containers.map(({ container }) => container.name));
  /** By an address, or by a name that is not there any more. */
  const strangers = client.entries.filter(({ container }) => !known.has(container));
  return (
    <article aria-label={client.title} className="flex flex-col gap-4 px-5 pt-3 pb-8">
      <header>
        <div className="flex min-h-8 items-center justify-between gap-3">
          <h2 className="text-lg font-semibold">{client.title}</h2>
          <Button kind="quiet" icon={Undo2} onClick={() => setChange({ kind: 'undo' })}>
            Undo last change…
          </Button>
        </div>
        <div className="flex items-center gap-1">
          <bdi className="selectable truncate font-mono text-2xs text-faint" title={client.path}>
            {client.path}
          </bdi>
          <CopyButton text={client.path} label="Copy path" />
        </div>
        <p className="text-soft">
          {takingUpText(client).replace(' it.', ' changes.').replace(' it ', ' changes ')}
        </p>
      </header>
      {client.error !== undefined && <Failed error={client.error} title="Its config cannot be read" />}
      {client.duplicates.length > 0 && (
        <Notice tone="warn" title="Its config names something more than once">
          {client.duplicates.map((name) => (
            <div key={name}>
              <Foreign text={name} />
            </div>
          ))}
        </Notice>
      )}
      {containers.length === 0 ? (
        <p className="text-soft">There are no containers to give it yet.</p>
      ) : (
        <div className="divide-y divide-line border-y border-line">
          {containers.map((status) => {
            const { name } = status.container;
            return (
              <Row
                key={name}
                label={
                  <button
                    type="button"
                    className="flex max-w-full rounded-sm hover:underline"
                    onClick={() => go({ place: 'containers', container: name })}
                  >
                    <Foreign text={name} className="font-medium" />
                  </button>
                }
                about={snapshot && conditionOf(status, snapshot).words}
              >
                <Switch
                  label={`${name} in ${client.title}`}
                  on={names(client, name)}
                  disabled={client.error !== undefined}
                  onChange={(on) => setChange({ kind: on ? 'connect' : 'disconnect', container: name })}
                />
              </Row>
            );
          })}
        </div>
      )}
      {strangers.length > 0 && (
        <section aria-label="Other entries" className="flex flex-col gap-1">
          <h3 className="text-xs font-medium text-soft">Entries that are no container of yours any more</h3>
          <div className="divide-y divide-line border-y border-line">
            {strangers.map(({ name, container }) => (
              <Row key={name} label={<Foreign text={name} />} about={<Foreign text={container} />}>
                <Button onClick={() => setChange({ kind: 'disconnect', container })}>Take out…</Button>
              </Row>
            ))}
          </div>
        </section>
      )}
      {change !== undefined && (
        <ChangeDialog
          client={client}
          change={change}
          onClose={() => setChange((open) => (open === change ? undefined : open))}
          onDone={onChanged}
        />
      )}
    </article>
  );
}
