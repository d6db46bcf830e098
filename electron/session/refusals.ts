/** What a client is told where its person does not let it: what was decided, and how it is decided otherwise. */
import { FairleadError } from '../../shared/errors.ts';
import type { Pause } from '../../shared/policy.ts';

/** @param name the container's */
export function switchedOff(name: string): FairleadError {
  return new FairleadError('tool_denied', `This tool is switched off for ${name}.`, {
    help: `The user can switch it on with \`fairlead allow ${name} <tool>\`.`,
  });
}

/** @param name the container's */
export function heldBack(name: string): FairleadError {
  return new FairleadError(
    'tool_changed',
    `This tool of ${name} has changed since it was first used, and is held back.`,
    {
      help: `The user can see what changed with \`fairlead tools ${name}\`, and accept it with \`fairlead tools ${name} --accept <tool>\`.`,
    },
  );
}

/** @param terms.name the container's */
export function consentMissing(terms: { name: string; program: string; denied: boolean }): FairleadError {
  const { name, program, denied } = terms;
  return denied
    ? new FairleadError('consent_denied', `The user does not let ${program} use ${name}.`, {
        help: `They can with \`fairlead consent allow ${name} "${program}"\`.`,
      })
    : new FairleadError('consent_needed', `The user has not yet said whether ${program} may use ${name}.`, {
        help: `They say so with \`fairlead consent allow ${name} "${program}"\`, or deny it; then try again.`,
      });
}

export function trafficPaused({ by, since, until }: Pause): FairleadError {
  const where = by === 'command' ? 'with `fairlead pause`' : "in Fairlead's window";
  const end = until === undefined ? '' : `, until ${timeOf(until)}`;
  return new FairleadError('paused', `The user has paused all traffic ${where} at ${timeOf(since)}${end}.`, {
    help: 'They can go on with `fairlead resume`.',
  });
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
