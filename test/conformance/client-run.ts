/** A suite's client scenarios, each with the official SDK's client behind Fairlead. */
import { runSuite } from './suite-process.ts';
import type { Run, Scenario } from './scenarios.ts';

export interface ClientOutcome {
  readonly scenario: Scenario;
  /** As the suite judges it: no check failed or warned, and the client ended well. */
  readonly passed: boolean;
  readonly succeeded: number;
  readonly checks: number;
  /** What the suite and the client said. */
  readonly output: string;
}

const adapterMs = 60_000;

/** The suite splits the command at its blanks, so it is one without a folder's name in it. */
const command = 'node test/conformance/adapter.mjs';

/**
 * One after the other, as some measure how long a client waits: `--requirements` would run all of them at once, each at
 * its revision, which is what is asked for here.
 */
export async function runClientScenario(run: Run, root: string, scenario: Scenario): Promise<ClientOutcome> {
  const args = ['client', '--command', command, '--scenario', scenario.name, '--timeout', String(adapterMs)];
  if (run.revision !== undefined) args.push('--spec-version', run.revision, '--force');
  const { status, output, checks } = await runSuite(run.suite, args, { root, timeoutMs: adapterMs + 15_000 });
  const counted = [...checks.values()].flat();
  return {
    scenario,
    passed: status === 0 && counted.length > 0,
    succeeded: counted.filter((each) => each.status === 'SUCCESS').length,
    checks: counted.length,
    output,
  };
}
