/** How a scenario went, in one word. */
import type { ClientOutcome } from './client-run.ts';
import { missing, notCarried } from './missing.ts';
import type { ServerOutcome } from './server-run.ts';

export type Verdict = 'passes' | 'not supported' | 'not carried' | 'as directly' | 'skipped' | 'FAILS';

export function verdictOfClient({ scenario, passed }: ClientOutcome): Verdict {
  if (passed) return 'passes';
  return missing.has(scenario.name) ? 'not supported' : 'FAILS';
}

/** Behind Fairlead as many checks are to succeed as without it. */
export function verdictOfServer({ scenario, direct, through }: ServerOutcome): Verdict {
  if (through.succeeded < direct.succeeded) return notCarried.has(scenario.name) ? 'not carried' : 'FAILS';
  if (direct.checks === 0) return 'skipped';
  return through.succeeded === through.checks ? 'passes' : 'as directly';
}
