/** Entries of other bridges become containers of ours, and lead through Fairlead from then on. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ConfigChange } from '../../shared/clients-control.ts';
import { errorReport } from '../../shared/errors.ts';
import type { FoundEntry, ImportReport } from '../../shared/import-control.ts';
import type { Clients } from '../clients/clients.ts';
import { endpointEntry } from '../clients/endpoint-entry.ts';
import { readEntry } from '../containers/import/read-entry.ts';
import type { Skipped, Surroundings } from '../containers/import/reading.ts';
import { shownUrl } from '../runtime/redact.ts';
import { addContainer, removeContainer } from './container-handlers.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers, ParsedInput } from './handler-types.ts';
import { plan, type PlannedContainer, type PlannedEntry, type ReadEntry } from './import-plan.ts';
import type { PersonsClients } from './persons-clients.ts';

type Asked = ParsedInput<'import.find'>;
type Failed = ImportReport['failed'];
/** An entry with the container that it becomes. */
type Kept = PlannedEntry & { readonly container: PlannedContainer };

export function createImportHandlers(
  deps: ControlDeps,
  persons: PersonsClients,
): Pick<Handlers, 'import.find' | 'import.apply'> {
  const { programFolder, home, audit } = deps;
  const replacementOf = ({ entry, before, container }: Kept) => ({
    ...{ name: entry, before },
    endpoint: endpointEntry({ programFolder, home }, container.name),
  });

  /**
   * The containers first: an entry never leads to one that is not there.
   * @param there names of those that were added for other clients, and now for this one
   */
  const apply = async (
    client: string,
    { kept, clients, there }: { kept: readonly Kept[]; clients: Clients; there: Set<string> },
  ) => {
    const added: string[] = [];
    try {
      for (const { container } of kept) {
        const { name, isThere } = container;
        if (isThere || there.has(name)) continue;
        await addContainer(deps, { ...container, probe: false });
        there.add(name);
        added.push(name);
      }
      const change = await clients.replace(client, kept.map(replacementOf), { dryRun: false });
      for (const { entry, container } of kept) {
        audit.append({
          ...{ kind: 'client_config', client, entry, path: change.path },
          ...{ container: container.name, change: 'imported' },
        });
      }
      return change;
    } catch (thrown) {
      for (const name of added) {
        there.delete(name);
        await removeContainer(deps, name).catch(() => undefined);
      }
      throw thrown;
    }
  };

  const work = async (input: Asked & Partial<ParsedInput<'import.apply'>>, really: boolean) => {
    const clients = await persons.open(input.machine);
    const { read, failed } = await readAll(clients, input);
    const chosen = input.entries;
    const isChosen = ({ client, entry }: ReadEntry) =>
      chosen === undefined || chosen.some((each) => each.client === client && each.entry === entry);
    const planned = await plan(deps, read.filter(isChosen));
    const changes: ConfigChange[] = [];
    const there = new Set<string>();
    const kept = planned.flatMap((each): Kept[] =>
      each.outcome.status === 'planned' ? [{ ...each, container: each.outcome.container }] : [],
    );
    for (const client of new Set(kept.map((each) => each.client))) {
      const its = kept.filter((each) => each.client === client);
      try {
        changes.push(
          really
            ? await persons.inTurn(client, () => apply(client, { kept: its, clients, there }))
            : await clients.replace(client, its.map(replacementOf), { dryRun: true }),
        );
      } catch (thrown) {
        failed.push({ client, title: its[0]?.title ?? client, error: errorReport(thrown) });
      }
    }
    return { entries: planned.map(told), changes, failed };
  };

  return {
    'import.find': (input) => work(input, false),
    // One after the other: the names that are free, and the containers that are there, are seen by one alone.
    'import.apply': (input) => persons.inTurn('', () => work(input, true)),
  };
}

async function readAll(clients: Clients, input: Asked): Promise<{ read: ReadEntry[]; failed: Failed }> {
  const around = surroundings(input.variables);
  const read: ReadEntry[] = [];
  const failed: Failed = [];
  const all = await clients.list();
  // Throws for one that nobody knows.
  if (input.client !== undefined) await clients.others(input.client);
  for (const { id, title, error, duplicates } of all) {
    if (input.client !== undefined && id !== input.client) continue;
    if (error !== undefined) {
      failed.push({ client: id, title, error });
      continue;
    }
    for (const [entry, before] of await clients.others(id)) {
      const reading = readEntry(before, around);
      if (reading.status === 'other') continue;
      const seen = duplicates.includes(entry) ? ambiguous(reading) : reading;
      read.push({ client: id, title, entry, before, reading: seen });
    }
  }
  return { read, failed };
}

/** Which of them counts is the program's to say. */
function ambiguous({ source, variables }: Pick<Skipped, 'source' | 'variables'>): Skipped {
  const reason = 'Its name is there more than once: take the others out of the config first.';
  return { status: 'skipped', source, reason, missing: [], variables };
}

function told({ client, title, entry, source, notes, variables, outcome }: PlannedEntry): FoundEntry {
  const about = { client, title, entry, source, notes: [...notes], variables: [...variables] };
  if (outcome.status === 'skipped')
    return { ...about, reason: outcome.reason, missing: [...outcome.missing] };
  const { container, shared } = outcome;
  const { url, auth = { method: 'none' } } = container.draft;
  const shown = shownUrl(url, { part: '[secret]', query: '[secret]' });
  return { ...about, missing: [], container: { name: container.name, url: shown, auth, shared } };
}

const maxFileBytes = 64 * 1024;

function surroundings(variables: Readonly<Record<string, string>>): Surroundings {
  return {
    variable: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    readText(path) {
      if (!isAbsolute(path)) return undefined;
      let file: number | undefined;
      try {
        // A pipe of this name would hold the core for ever.
        file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        const stat = fstatSync(file);
        return stat.isFile() && stat.size <= maxFileBytes ? readFileSync(file, 'utf8') : undefined;
      } catch {
        return undefined;
      } finally {
        if (file !== undefined) closeSync(file);
      }
    },
  };
}
