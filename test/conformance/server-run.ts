/** A suite's server scenarios, at a server itself and at the same server behind Fairlead. */
import { runSuite, type Check, type SuiteRun } from './suite-process.ts';
import { scenariosOf, type Run, type Scenario } from './scenarios.ts';

interface Result {
  readonly succeeded: number;
  readonly checks: number;
}

export interface ServerOutcome {
  readonly scenario: Scenario;
  readonly direct: Result;
  readonly through: Result;
  /** What failed behind Fairlead. */
  readonly failed: readonly Check[];
}

const suiteMs = 300_000;

/** @returns of each scenario that the suite ran, how it went; none is left out of one side */
export async function runServerScenarios(
  run: Run,
  root: string,
  urls: { readonly direct: string; readonly through: string },
): Promise<ServerOutcome[]> {
  const asked = run.revision === undefined ? [] : ['--requirements', run.revision];
  const at = (url: string): Promise<SuiteRun> =>
    runSuite(run.suite, ['server', '--url', url, ...asked], { root, timeoutMs: suiteMs });
  const direct = await at(urls.direct);
  const through = await at(urls.through);
  return scenariosOf(run).flatMap((scenario) => {
    const checksOf = ({ checks }: SuiteRun) => checks.get(`server-${scenario.name}`);
    const [near, far = []] = [checksOf(direct), checksOf(through)];
    if (near === undefined) return [];
    const failed = far.filter(({ status }) => status !== 'SUCCESS');
    return [{ scenario, direct: resultOf(near), through: resultOf(far), failed }];
  });
}

function resultOf(checks: readonly Check[]): Result {
  return { succeeded: checks.filter(({ status }) => status === 'SUCCESS').length, checks: checks.length };
}
