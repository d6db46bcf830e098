/** `npm run conformance`: the official suites' scenarios for clients and for servers, through Fairlead as it was built. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { runClientScenario, type ClientOutcome } from './client-run.ts';
import { startFront } from './front/front.ts';
import { openSuites, type Suites } from './suites.ts';
import { report } from './report.ts';
import { scenariosOf, titleOf, type Leg, type Run } from './scenarios.ts';
import { runServerScenarios, type ServerOutcome } from './server-run.ts';
import { startEverything } from './server/everything.ts';
import { verdictOfClient, verdictOfServer, type Verdict } from './verdict.ts';

const root = new URL('../../', import.meta.url).pathname;

/**
 * @param args names of scenarios, or none for all; `--write` puts the tables of all into docs/conformance.md
 * @returns 1 if one fails that Fairlead supports
 * @throws Error that says what is missing, where the suites cannot be run
 */
export async function main(args: readonly string[]): Promise<number> {
  const wanted = args.filter((each) => !each.startsWith('--'));
  const suites = openSuites(root);
  const clients = runsOf(suites, 'client');
  const servers = runsOf(suites, 'server');
  const known = [...clients, ...servers].flatMap((run) => scenariosOf(run).map(({ name }) => name));
  const unknown = wanted.find((each) => !known.includes(each));
  if (known.length === 0 || unknown !== undefined)
    throw new Error(`The suites list no scenario ${unknown ?? 'that could be read'}.`);
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

  const clientOutcomes = new Map<Run, ClientOutcome[]>();
  for (const run of clients) clientOutcomes.set(run, await runClients(run, isWanted));
  const serverOutcomes = await runServers(servers, isWanted);
  if (args.includes('--write') && wanted.length === 0) {
    const text = report(clientOutcomes, serverOutcomes, {
      suiteNode: suites.nodeVersion,
      node: process.version,
      fairlead: manifest.version,
      date: new Date().toISOString().slice(0, 10),
    });
    writeFileSync(join(root, 'docs/conformance.md'), text);
  }
  const verdicts = [
    ...[...clientOutcomes.values()].flat().map(verdictOfClient),
    ...[...serverOutcomes.values()].flat().map(verdictOfServer),
  ];
  const failures = verdicts.filter((each) => each === 'FAILS').length;
  console.log(failures === 0 ? '\nAll pass but what is known not to.' : `\n${failures} fail.`);
  return failures === 0 ? 0 : 1;
}

function runsOf({ older, newer }: Suites, leg: Leg): Run[] {
  return [
    { leg, suite: older, revision: undefined },
    { leg, suite: newer, revision: '2025-11-25' },
    { leg, suite: newer, revision: '2026-07-28' },
  ];
}

async function runClients(run: Run, isWanted: (name: string) => boolean): Promise<ClientOutcome[]> {
  const outcomes: ClientOutcome[] = [];
  const scenarios = scenariosOf(run).filter(({ name }) => isWanted(name));
  if (scenarios.length > 0) console.log(`\n${titleOf(run)}`);
  for (const scenario of scenarios) {
    const outcome = await runClientScenario(run, root, scenario);
    outcomes.push(outcome);
    const { succeeded, checks, output } = outcome;
    tell(verdictOfClient(outcome), `${scenario.name} (${succeeded} of ${checks} checks)`, output);
  }
  return outcomes;
}

/** A suite runs all of a run's scenarios at once. */
async function runServers(
  runs: readonly Run[],
  isWanted: (name: string) => boolean,
): Promise<Map<Run, ServerOutcome[]>> {
  const outcomes = new Map<Run, ServerOutcome[]>();
  const server = await startEverything();
  const front = await startFront(root, server.url);
  try {
    for (const run of runs) {
      if (!scenariosOf(run).some(({ name }) => isWanted(name))) continue;
      console.log(`\n${titleOf(run)}`);
      const ran = await runServerScenarios(run, root, { direct: server.url, through: front.url });
      if (ran.length === 0) throw new Error('The suite ran no scenario.');
      outcomes.set(run, ran);
      for (const outcome of ran) tellOfServer(outcome);
    }
  } finally {
    await front[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  }
  return outcomes;
}

function tellOfServer(outcome: ServerOutcome): void {
  const { scenario, direct, through, failed } = outcome;
  const counts = `${through.succeeded} of ${through.checks} checks, directly ${direct.succeeded}`;
  const said = failed.map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'no word'}`).join('\n');
  tell(verdictOfServer(outcome), `${scenario.name} (${counts})`, said);
}

function tell(verdict: Verdict, text: string, output: string): void {
  console.log(`${verdict.padEnd(14)} ${text}`);
  if (verdict === 'FAILS') console.log(output);
}
