/** What is to become of each entry of another bridge: looked at by its server, and given a container, new or there already. */
import { isDeepStrictEqual } from 'node:util';
import type { Container } from '../../shared/container.ts';
import type { ContainerDraft } from '../../shared/control.ts';
import { containerOf } from '../containers/draft.ts';
import { freeName } from '../containers/import/free-name.ts';
import type { EntryReading, Proposal, Skipped } from '../containers/import/reading.ts';
import type { Secret } from '../runtime/secret.ts';
import type { ControlDeps } from './deps.ts';
import { ask, lookAt } from './import-look.ts';

type PlanDeps = Pick<ControlDeps, 'registry' | 'broker' | 'probe' | 'vault'>;

const forgotten =
  'Its secret ends with this core, as FAIRLEAD_VAULT is memory, and the config will have it no more.';

/** An entry as it was read. */
export interface ReadEntry {
  readonly client: string;
  readonly title: string;
  readonly entry: string;
  /** As the config has it. */
  readonly before: unknown;
  readonly reading: Exclude<EntryReading, { status: 'other' }>;
}

export interface PlannedContainer {
  readonly name: string;
  readonly draft: ContainerDraft;
  readonly secret: Secret | undefined;
  /** It is one of the person's, from before. */
  readonly isThere: boolean;
}

export interface PlannedEntry extends Omit<ReadEntry, 'reading'> {
  readonly source: Proposal['source'];
  readonly notes: readonly string[];
  /** As its reading has them. */
  readonly variables: readonly string[];
  readonly outcome:
    | { readonly status: 'skipped'; readonly reason: string; readonly missing: readonly string[] }
    | { readonly status: 'planned'; readonly container: PlannedContainer; readonly shared: boolean };
}

/** @throws FairleadError config_invalid, keychain errors where a key is to be compared with one that is kept */
export async function plan(deps: PlanDeps, entries: readonly ReadEntry[]): Promise<PlannedEntry[]> {
  const answers = new Map<string, ReturnType<typeof ask>>();
  const looked = await Promise.all(
    entries.map(async (each) => {
      const { reading } = each;
      if (reading.status === 'skipped') return { each, seen: reading };
      // The same server is asked once; what its answer means, each entry has to say.
      const answer = answers.get(reading.print) ?? ask(deps, reading);
      answers.set(reading.print, answer);
      return { each, seen: lookAt(reading, await answer) };
    }),
  );
  const planned = new Map<string, PlannedContainer>();
  const names = new Set(deps.registry.list().map(({ name }) => name));
  const outcomes: PlannedEntry[] = [];
  // In their order: who comes first gives the name.
  for (const { each, seen } of looked) {
    const { reading, ...entry } = each;
    const { source, variables } = reading;
    if (seen.status === 'skipped') {
      outcomes.push({ ...entry, source, variables, notes: [], outcome: skippedBy(seen) });
      continue;
    }
    const { draft, secret, print } = seen;
    const known = planned.get(print) ?? (await present(deps, seen));
    const container = known ?? {
      name: freeName(entry.entry, (name) => names.has(name)),
      draft,
      secret,
      isThere: false,
    };
    names.add(container.name);
    planned.set(print, container);
    const notes = [
      ...(reading.status === 'proposed' ? reading.notes : []),
      ...seen.notes,
      ...(secret !== undefined && deps.vault.kind === 'memory' ? [forgotten] : []),
    ];
    outcomes.push({
      ...{ ...entry, source, variables, notes },
      outcome: { status: 'planned', container, shared: known !== undefined },
    });
  }
  return outcomes;
}

function skippedBy({ reason, missing }: Pick<Skipped, 'reason' | 'missing'>): PlannedEntry['outcome'] {
  return { status: 'skipped', reason, missing };
}

/** A container of the person's that leads to the same server in the same way. */
async function present(
  { registry, broker }: PlanDeps,
  { draft, secret }: Pick<PlannedContainer, 'secret'> & { draft: Proposal['draft'] },
): Promise<PlannedContainer | undefined> {
  const wanted = containerOf('imported', draft, draft.auth);
  for (const container of registry.list()) {
    if (container.platform !== undefined || container.account !== undefined) continue;
    if (!isDeepStrictEqual(wayTo(container), wayTo(wanted))) continue;
    if (!isDeepStrictEqual(registry.policyOf(container).tools ?? [], draft.tools ?? [])) continue;
    const isKey = draft.auth.method === 'api_key' && secret !== undefined;
    if (isKey && !(await broker.holds({ container, configured: true }, secret))) continue;
    return { name: container.name, draft, secret, isThere: true };
  }
  return undefined;
}

const wayTo = ({ url, auth, tls }: Container) => ({ url, auth, tls });
