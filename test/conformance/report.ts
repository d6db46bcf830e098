/** The tables of docs/conformance.md. */
import type { ClientOutcome } from './client-run.ts';
import { missing, notCarried } from './missing.ts';
import { titleOf, type Run, type Scenario } from './scenarios.ts';
import type { ServerOutcome } from './server-run.ts';
import { verdictOfClient, verdictOfServer } from './verdict.ts';

export interface Circumstances {
  readonly suiteNode: string;
  readonly node: string;
  readonly fairlead: string;
  readonly date: string;
}

export function report(
  clients: ReadonlyMap<Run, readonly ClientOutcome[]>,
  servers: ReadonlyMap<Run, readonly ServerOutcome[]>,
  { suiteNode, node, fairlead, date }: Circumstances,
): string {
  return `# Conformance

Made by \`npm run conformance -- --write\` on ${date}: the scenarios of \`@modelcontextprotocol/conformance\` (on Node
${suiteNode}) against Fairlead ${fairlead} (on Node ${node}). "Scenarios of" a revision are those that the suite's
\`--requirements\` names; what it does not score is said to be an extension, added after the revision, or pending (the
suite's own examples do not pass it).

## Clients

The client is the official SDK's; it starts \`fairlead stdio <the scenario's server>\` with an empty profile and a browser
that agrees to everything. Options are given only where the scenario hands over something to give: a client id, a
secret, a key (\`test/conformance/adapter.mjs\`).
${[...clients].map(([run, outcomes]) => clientTable(run, outcomes)).join('')}
Not supported:

${notes(missing, [...clients.values()].flat())}

## Servers

Each suite is run at a server of the official SDK's (\`test/conformance/server/\`), and at the same server behind an HTTP
front whose every session is a \`fairlead stdio\` (\`test/conformance/front/\`; in 2026-07-28, which has no sessions, every
request). 0.1.16 leaves out what it calls pending.
${[...servers].map(([run, outcomes]) => serverTable(run, outcomes)).join('')}
The server has no tasks, which are an extension in 2026-07-28. Not carried:

${notes(notCarried, [...servers.values()].flat())}
`;
}

function clientTable(run: Run, outcomes: readonly ClientOutcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { scenario, succeeded, checks } = outcome;
    return `| ${scenario.name} | ${kindOf(scenario)} | ${succeeded} of ${checks} | ${verdictOfClient(outcome)} |`;
  });
  const passed = outcomes.filter((each) => each.passed).length;
  return `
### ${titleOf(run)}

${passed} of ${outcomes.length} scenarios pass${scoredOf(outcomes, ({ passed: one }) => one)}.

| scenario | ${run.revision === undefined ? 'specification' : 'scored'} | checks | result |
| --- | --- | ---: | --- |
${rows.join('\n')}
`;
}

function serverTable(run: Run, outcomes: readonly ServerOutcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { scenario, direct, through } = outcome;
    const counts = [direct, through].map(({ succeeded, checks }) => `${succeeded} of ${checks}`);
    return `| ${scenario.name} | ${kindOf(scenario)} | ${counts.join(' | ')} | ${verdictOfServer(outcome)} |`;
  });
  const sum = (side: 'direct' | 'through') => outcomes.reduce((all, each) => all + each[side].succeeded, 0);
  const isWhole = (each: ServerOutcome) => each.through.succeeded === each.through.checks;
  return `
### ${titleOf(run)}

${sum('direct')} checks succeed directly, ${sum('through')} through Fairlead${scoredOf(outcomes, isWhole)}.

| scenario | ${run.revision === undefined ? 'specification' : 'scored'} | directly | through Fairlead | result |
| --- | --- | ---: | ---: | --- |
${rows.join('\n')}
`;
}

function kindOf({ since, notScored, revision }: Scenario): string {
  if (revision === undefined) return since;
  return notScored === undefined ? 'yes' : `no: ${notScored.replaceAll('-', ' ')}`;
}

function scoredOf<Outcome extends { readonly scenario: Scenario }>(
  outcomes: readonly Outcome[],
  passes: (outcome: Outcome) => boolean,
): string {
  const scored = outcomes.filter(
    ({ scenario }) => scenario.revision !== undefined && scenario.notScored === undefined,
  );
  if (scored.length === 0) return '';
  return `; of the ${scored.length} scenarios that are scored ${scored.filter(passes).length} pass through it`;
}

function notes(
  reasons: ReadonlyMap<string, string>,
  outcomes: readonly { readonly scenario: Scenario }[],
): string {
  const met = new Set(outcomes.map(({ scenario }) => scenario.name));
  const lines = [...reasons].filter(([name]) => met.has(name)).map(([name, why]) => `- \`${name}\`: ${why}`);
  return lines.join('\n');
}
