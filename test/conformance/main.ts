/** `npm run conformance`: every client scenario of the official suite, through Fairlead as it was built. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { openKit } from './kit.ts';
import { report, verdict } from './report.ts';
import { listScenarios, runScenario, type Outcome } from './scenarios.ts';

const root = new URL('../../', import.meta.url).pathname;

/**
 * @param args names of scenarios, or none for all; `--write` puts the table of all into docs/conformance.md
 * @returns 1 if one fails that Fairlead supports
 * @throws Error that says what is missing, where the suite cannot be run
 */
export async function main(args: readonly string[]): Promise<number> {
  const wanted = args.filter((each) => !each.startsWith('--'));
  const kit = openKit(root);
  const all = listScenarios(kit);
  const unknown = wanted.find((each) => !all.some(({ name }) => name === each));
  if (all.length === 0 || unknown !== undefined)
    throw new Error(`The suite lists no scenario ${unknown ?? 'that could be read'}.`);
  const scenarios = all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const outcomes: Outcome[] = [];
  // One after the other: some measure how long a client waits.
  for (const scenario of scenarios) {
    const outcome = await runScenario(kit, root, scenario);
    outcomes.push(outcome);
    const { succeeded, checks } = outcome;
    console.log(`${verdict(outcome).padEnd(14)} ${scenario.name} (${succeeded} of ${checks} checks)`);
    if (verdict(outcome) === 'FAILS') console.log(outcome.output);
  }
  const failed = outcomes.filter((each) => verdict(each) === 'FAILS').length;
  const passed = outcomes.filter((each) => each.passed).length;
  console.log(`\n${passed} of ${outcomes.length} scenarios pass, ${failed} fail.`);
  if (args.includes('--write') && wanted.length === 0) {
    const text = report(outcomes, {
      suite: kit.version,
      suiteNode: kit.nodeVersion,
      node: process.version,
      fairlead: manifest.version,
      date: new Date().toISOString().slice(0, 10),
    });
    writeFileSync(join(root, 'docs/conformance.md'), text);
  }
  return failed === 0 ? 0 : 1;
}
