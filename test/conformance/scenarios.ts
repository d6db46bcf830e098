/** Which scenarios a run of a suite has, and which of them count. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Suite } from './suites.ts';

export type Leg = 'client' | 'server';

/** The scenarios of a suite that test one side, at one revision of the specification or at all that they are for. */
export interface Run {
  readonly leg: Leg;
  readonly suite: Suite;
  /** As the suite's `--requirements` names it; undefined: all there are. */
  readonly revision: string | undefined;
}

export interface Scenario {
  readonly name: string;
  /** Versions of the specification, or `draft`, or `extension`. */
  readonly since: string;
  /** Which it is run for; undefined: the suite's own choice. */
  readonly revision: string | undefined;
  /** Why it does not count for that, where the suite says so. */
  readonly notScored: string | undefined;
}

interface Requirements {
  readonly client: readonly string[];
  readonly server: readonly string[];
  readonly not_scored: readonly { readonly scenario: string; readonly leg: Leg; readonly reason: string }[];
}

export function titleOf({ suite, revision, leg }: Run): string {
  return `${suite.version}, ${leg} scenarios${revision === undefined ? '' : ` of ${revision}`}`;
}

/** @returns none where the suite could not be read */
export function scenariosOf({ leg, suite, revision }: Run): Scenario[] {
  const listed = listScenarios(suite, leg);
  if (revision === undefined) return listed;
  const file = join(suite.folder, 'requirements', `${revision}.yaml`);
  const requirements = parse(readFileSync(file, 'utf8')) as Requirements;
  const reasons = new Map(
    requirements.not_scored.filter((each) => each.leg === leg).map((each) => [each.scenario, each.reason]),
  );
  return listed
    .filter(({ name }) => requirements[leg].includes(name) || reasons.has(name))
    .map((scenario) => ({ ...scenario, revision, notScored: reasons.get(scenario.name) }));
}

function listScenarios({ command: [node, suite] }: Suite, leg: Leg): Scenario[] {
  const text = execFileSync(node, [suite, 'list', `--${leg}`], { encoding: 'utf8' });
  return [...text.matchAll(/^ +- (\S+) \[(.+)\]$/gm)].map(([, name = '', since = '']) => ({
    name,
    since: since.replaceAll(',', ', '),
    revision: undefined,
    notScored: undefined,
  }));
}
