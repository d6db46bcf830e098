import { expect, test } from 'vitest';
import { policyText } from '../../electron/commands/policy.ts';

test('a rule for any case says so', () => {
  const tools = [{ deny: 'delete_*', anyCase: true as const }, { allow: 'delete_draft' }];
  expect(policyText('notes', { tools })).toBe(
    ['Tools of notes:', '  off  delete_* (upper and lower case are one)', '  on   delete_draft'].join('\n'),
  );
});
