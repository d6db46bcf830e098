/** How a request ended, in a word and a colour. */
import type { Tone } from '../../../shared/condition.ts';
import type { Activity } from '../../../shared/status.ts';

const outcomes: Readonly<Record<NonNullable<Activity['outcome']>, { tone: Tone; words: string }>> = {
  ok: { tone: 'good', words: 'OK' },
  tool_error: { tone: 'warn', words: 'Tool error' },
  error: { tone: 'bad', words: 'Error' },
  cancelled: { tone: 'quiet', words: 'Cancelled' },
  timed_out: { tone: 'bad', words: 'Timed out' },
  lost: { tone: 'bad', words: 'Lost' },
  denied: { tone: 'warn', words: 'Denied' },
};

const phases: Readonly<Record<Activity['phase'], string>> = {
  queued: 'Queued',
  connected: 'Waiting',
  first_byte: 'Receiving',
  done: 'Done',
};

export function outcomeOf({ outcome, phase }: Activity): { tone: Tone; words: string } {
  return outcome === undefined ? { tone: 'busy', words: phases[phase] } : outcomes[outcome];
}

export function askerOf({ program, client }: Activity): string {
  const name = program ?? client ?? 'Unknown program';
  // A program is known by its file where it has no other name.
  return name.split(/[/\\]/).pop() ?? name;
}
