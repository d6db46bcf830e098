/** What the person can do about what is the matter, right there; pure. */
import type { Condition } from '../../shared/condition.ts';

export type Mend = 'sign-in' | 'continue' | 'key' | 'pin' | 'tools' | 'consent' | 'start' | 'health';

/** @returns undefined where there is nothing to do */
export function mendOf(kind: Condition['kind']): Mend | undefined {
  return mends[kind];
}

const mends: Readonly<Partial<Record<Condition['kind'], Mend>>> = {
  pin_mismatch: 'pin',
  keychain: 'health',
  sign_in_again: 'sign-in',
  sign_in: 'sign-in',
  key: 'key',
  signing_in: 'continue',
  consent: 'consent',
  down: 'health',
  start_failed: 'start',
  tool_changed: 'tools',
  asleep: 'start',
};
