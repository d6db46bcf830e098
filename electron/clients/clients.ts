/** The MCP clients on this machine, and Fairlead's entries in their configs. */
import { access } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import type { ConfigChange, FoundClient } from '../../shared/clients-control.ts';
import { FairleadError, errorReport } from '../../shared/errors.ts';
import { createClientConfig, type ClientConfig, type TextChange } from './client-config.ts';
import type { Edit, EntriesRead, EntryValue, Editor } from './edit/editor.ts';
import { jsonEditor } from './edit/json.ts';
import { tomlEditor } from './edit/toml.ts';
import { yamlEditor } from './edit/yaml.ts';
import { containerOf } from './endpoint-entries.ts';
import { knownClients } from './known/all.ts';
import type { EndpointEntry, KnownClient, Machine } from './known/known-client.ts';
import { replacedEntry, shownChange } from './replacement.ts';

export interface Clients {
  list(): Promise<FoundClient[]>;
  /**
   * Writes the entry of a container into a client's config.
   * @throws FairleadError usage, client_entry_taken, and what ClientConfig.change throws
   */
  connect(client: string, entry: NamedEntry, how: { dryRun: boolean }): Promise<ConfigChange>;
  /** Takes out every entry that leads to the container, or the one of that name. Throws as `connect`. */
  disconnect(
    client: string,
    entry: { container: string; name?: string | undefined },
    how: { dryRun: boolean },
  ): Promise<ConfigChange>;
  /** Its entries that do not lead to Fairlead, by name, as they stand there. Throws usage, client_config_invalid. */
  others(client: string): Promise<ReadonlyMap<string, unknown>>;
  /**
   * Puts entries of ours in the place of others, all at once.
   * @param entries each with what is to be there now: where it is something else, nothing is changed
   * @returns with a diff of these entries alone, without what may be a secret
   * @throws FairleadError usage, client_config_changed, and what ClientConfig.change throws
   */
  replace(
    client: string,
    entries: readonly (NamedEntry & { readonly before: unknown })[],
    how: { dryRun: boolean },
  ): Promise<ConfigChange>;
  /** Deletes what `undo` would put back. Idempotent. Throws usage, client_config_unwritable. */
  forget(client: string): Promise<void>;
  /** Puts back what was there before the last of these. Throws usage, and what ClientConfig.undo throws. */
  undo(client: string, how: { dryRun: boolean; force: boolean }): Promise<ConfigChange>;
}

type EntryTable = Record<string, EntryValue>;

export interface NamedEntry {
  readonly name: string;
  readonly endpoint: EndpointEntry;
}

const editors: Readonly<Record<KnownClient['format'], Editor>> = {
  json: jsonEditor,
  toml: tomlEditor,
  yaml: yamlEditor,
};

/** @param backups a folder of the profile */
export function createClients(machine: Machine, backups: string): Clients {
  const fileOf = (client: KnownClient): ClientConfig =>
    createClientConfig({ client: client.id, path: client.config(machine), home: machine.home, backups });
  const read = (client: KnownClient, text: string): EntriesRead =>
    editors[client.format].readEntries(text, client.keys);
  const entriesOf = async (client: KnownClient) => {
    const entries = read(client, await fileOf(client).read());
    if (entries.outcome === 'refused') throw unreadable(client.config(machine), entries.problem);
    return entries;
  };
  const outcome = (
    client: KnownClient,
    change: TextChange | undefined,
    diff: (path: string, change: TextChange) => string = diffOf,
  ): ConfigChange => {
    const path = client.config(machine);
    const { id, title, takesUp } = client;
    return { client: id, title, path, takesUp, ...(change !== undefined && { diff: diff(path, change) }) };
  };

  return {
    list: () =>
      Promise.all(
        knownClients.map(async (client) => {
          const { id, title, takesUp } = client;
          const path = client.config(machine);
          const found = (await Promise.all([path, ...client.traces(machine)].map(isThere))).includes(true);
          const base = { id, title, path, found, takesUp };
          try {
            const entries = await entriesOf(client);
            const ours = [...entries.entries].flatMap(([name, entry]) => {
              const container = containerOf(entry);
              return container === undefined ? [] : [{ name, container }];
            });
            return { ...base, entries: ours, duplicates: [...entries.duplicates] };
          } catch (thrown) {
            return { ...base, entries: [], duplicates: [], error: errorReport(thrown) };
          }
        }),
      ),

    async connect(id, { name, endpoint }, how) {
      const client = knownClient(id);
      if (client.names?.test(name) === false) {
        throw new FairleadError('usage', `${client.title} takes no entry of this name.`, {
          help: 'Give another with --name: letters, digits, dashes and underscores.',
        });
      }
      const wanted = client.entry(endpoint, name);
      const change = await fileOf(client).change((text) => {
        const entries = read(client, text);
        if (entries.outcome === 'refused') return entries;
        const present = entries.entries.get(name);
        if (present !== undefined && containerOf(present) === undefined) throw taken(client, name);
        const place = { keys: client.keys, name };
        return editors[client.format].setEntry(text, place, renewed(present, wanted));
      }, how);
      return outcome(client, change);
    },

    async disconnect(id, { container, name }, how) {
      const client = knownClient(id);
      const change = await fileOf(client).change((text) => {
        const entries = read(client, text);
        if (entries.outcome === 'refused') return entries;
        const leads = [...entries.entries].filter(
          ([each, entry]) => containerOf(entry) === container && (name === undefined || each === name),
        );
        return editAll(text, leads, (now, [each]) =>
          editors[client.format].removeEntry(now, { keys: client.keys, name: each }),
        );
      }, how);
      return outcome(client, change);
    },

    async others(id) {
      const { entries } = await entriesOf(knownClient(id));
      return new Map([...entries].filter(([, entry]) => containerOf(entry) === undefined));
    },

    async replace(id, entries, how) {
      const client = knownClient(id);
      const path = client.config(machine);
      const editor = editors[client.format];
      const changes = entries.map(({ name, before, endpoint }) => ({
        ...{ name, before },
        after: replacedEntry(before, client.entry(endpoint, name)),
      }));
      const change = await fileOf(client).change((text) => {
        const found = read(client, text);
        if (found.outcome === 'refused') return found;
        return editAll(text, changes, (now, { name, before, after }) => {
          if (!isDeepStrictEqual(found.entries.get(name), before)) throw changedMeanwhile(path);
          return editor.setEntry(now, { keys: client.keys, name }, after);
        });
      }, how);
      return outcome(
        client,
        change,
        () => shownChange({ editor, path, keys: client.keys }, changes) ?? 'These entries cannot be shown.\n',
      );
    },

    async forget(id) {
      await fileOf(knownClient(id)).forget();
    },

    async undo(id, how) {
      const client = knownClient(id);
      return outcome(client, await fileOf(client).undo(how));
    },
  };
}

/** One edit for each, on what the one before has left; refused where any of them is. */
function editAll<T>(text: string, all: readonly T[], editOne: (text: string, one: T) => Edit): Edit {
  let now = text;
  for (const one of all) {
    const edit = editOne(now, one);
    if (edit.outcome === 'refused') return edit;
    if (edit.outcome === 'edited') now = edit.text;
  }
  return now === text ? { outcome: 'unchanged' } : { outcome: 'edited', text: now };
}

/** What the person has added to it, an environment or tools that are allowed, stays. */
function renewed(present: unknown, wanted: EntryTable): EntryTable {
  const kept = (present ?? {}) as EntryTable;
  const entry = { ...kept, ...wanted };
  for (const key of ['env', 'envs']) {
    const before = kept[key];
    if (!isTable(before)) continue;
    // The home is the only variable of ours, and of another profile perhaps.
    const theirs = Object.entries(before).filter(([name]) => name !== 'FAIRLEAD_HOME');
    const ours = wanted[key];
    entry[key] = { ...Object.fromEntries(theirs), ...(isTable(ours) && ours) };
  }
  return entry;
}

function isTable(value: EntryValue | undefined): value is EntryTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function knownClient(id: string): KnownClient {
  const client = knownClients.find((each) => each.id === id);
  if (client !== undefined) return client;
  throw new FairleadError('usage', 'Fairlead knows no client of this name.', {
    help: `It knows ${knownClients.map((each) => each.id).join(', ')}.`,
  });
}

function taken({ title }: KnownClient, name: string): FairleadError {
  return new FairleadError('client_entry_taken', `${title} has another entry named "${name}".`, {
    help: 'Give another name with --name, or take that entry out in the program itself.',
  });
}

function changedMeanwhile(path: string): FairleadError {
  return new FairleadError('client_config_changed', `${path} was changed in the meantime.`, {
    help: 'Try again.',
  });
}

function unreadable(path: string, problem: string): FairleadError {
  return new FairleadError('client_config_invalid', `${path} ${problem}`, { help: 'Mend it by hand.' });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function diffOf(path: string, { before, after }: TextChange): string {
  return createTwoFilesPatch(path, path, before, after, undefined, undefined, { context: 3 });
}
