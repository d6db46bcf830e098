import { expect, test } from 'vitest';
import { cases } from './cases.ts';

test('what strangers write is read in 100,000 cases and more', () => {
  const ofOurs: readonly string[] = [
    'members exchanged',
    'headers of texts',
    'headers of requests',
    'headers of schemas',
    'claims of an era',
  ];
  const strangers = Object.entries(cases).filter(([what]) => !ofOurs.includes(what));
  expect(strangers.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThanOrEqual(100_000);
});
