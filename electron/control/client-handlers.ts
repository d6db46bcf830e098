/** The configs of MCP clients, as the control API changes them: one caller after the other, and each change on record. */
import type { AuditEvent } from '../../shared/audit.ts';
import type { ConfigChange, PersonsMachine } from '../../shared/clients-control.ts';
import type { Clients } from '../clients/clients.ts';
import { endpointEntry } from '../clients/endpoint-entry.ts';
import { subjectOf } from './audit-log.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';
import type { PersonsClients } from './persons-clients.ts';

type ClientHandlers = Pick<
  Handlers,
  'clients.list' | 'clients.connect' | 'clients.disconnect' | 'clients.undo' | 'clients.forget'
>;

type Deed = Omit<Extract<AuditEvent, { kind: 'client_config' }>, 'kind' | 'client' | 'path'>;

interface Wanted {
  readonly client: string;
  readonly machine?: PersonsMachine | undefined;
  readonly dryRun: boolean;
}

export function createClientHandlers(
  { registry, audit, programFolder, home }: ControlDeps,
  persons: PersonsClients,
): ClientHandlers {
  const change = (wanted: Wanted, deed: Deed, make: (clients: Clients) => Promise<ConfigChange>) =>
    persons.inTurn(wanted.client, async () => {
      const done = await make(await persons.open(wanted.machine));
      const { client, path, diff } = done;
      if (diff !== undefined && !wanted.dryRun)
        audit.append({ kind: 'client_config', client, path, ...deed });
      return done;
    });

  return {
    'clients.list': async ({ machine }) => (await persons.open(machine)).list(),
    'clients.connect'({ container, entry = container, ...wanted }) {
      const found = registry.named(container);
      const endpoint = endpointEntry({ programFolder, home }, found.name);
      return change(wanted, { ...subjectOf(found), entry, change: 'connected' }, (clients) =>
        clients.connect(wanted.client, { name: entry, endpoint }, wanted),
      );
    },
    'clients.disconnect'({ container, entry, ...wanted }) {
      const deed: Deed = { container, ...(entry !== undefined && { entry }), change: 'disconnected' };
      return change(wanted, deed, (clients) =>
        clients.disconnect(wanted.client, { container, name: entry }, wanted),
      );
    },
    'clients.forget': ({ client, machine }) =>
      persons.inTurn(client, async () => {
        await (await persons.open(machine)).forget(client);
        return { client };
      }),
    'clients.undo': ({ force, ...wanted }) =>
      change(wanted, { change: 'undone' }, (clients) => clients.undo(wanted.client, { ...wanted, force })),
  };
}
