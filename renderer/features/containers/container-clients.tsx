/** Which clients' configs name a container: on and off, with the change shown before it is written. */
import { useState } from 'react';
import type { FoundClient } from '../../../shared/desktop.ts';
import { Failed } from '../../app/failed.tsx';
import { MonitorSmartphone } from 'lucide-react';
import { Empty, Waiting } from '../../ui/empty.tsx';
import { Row } from '../../ui/rows.tsx';
import { Switch } from '../../ui/switch.tsx';
import { ChangeDialog, type ClientChange } from '../clients/change-dialog.tsx';
import { names, useClients } from '../clients/use-clients.ts';

export function ContainerClients({ name }: { name: string }) {
  const clients = useClients();
  const [asked, setAsked] = useState<{ client: FoundClient; change: ClientChange }>();
  if (clients.value === undefined) {
    if (clients.error === undefined) return <Waiting>Looking for clients on this machine…</Waiting>;
    return <Failed error={clients.error} onRetry={clients.reload} />;
  }
  const here = clients.value.filter(({ found }) => found);
  if (here.length === 0) {
    return (
      <Empty icon={MonitorSmartphone} title="No client found on this machine">
        Fairlead looks for Claude, Cursor, VS Code and others. Install one, or use “Copy config”.
      </Empty>
    );
  }
  return (
    <>
      <div className="divide-y divide-line border-y border-line">
        {here.map((client) => (
          <Row
            key={client.id}
            label={client.title}
            about={
              client.error === undefined ? (
                <span className="font-mono text-2xs">{client.path}</span>
              ) : (
                <span className="text-bad">{client.error.message}</span>
              )
            }
          >
            <Switch
              label={`${name} in ${client.title}`}
              on={names(client, name)}
              disabled={client.error !== undefined}
              onChange={(on) =>
                setAsked({ client, change: { kind: on ? 'connect' : 'disconnect', container: name } })
              }
            />
          </Row>
        ))}
      </div>
      {asked !== undefined && (
        <ChangeDialog
          {...asked}
          onClose={() => setAsked((open) => (open === asked ? undefined : open))}
          onDone={clients.reload}
        />
      )}
    </>
  );
}
