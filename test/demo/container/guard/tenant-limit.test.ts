import { expect, test } from 'vitest';
import { createTenantLimit } from '../../../../demo/container/guard/tenant-limit.ts';

test('lets through what is allowed at once, then as fast as it fills up, for each tenant', () => {
  let nowMs = 0;
  const limit = createTenantLimit({ requests: 3, seconds: 30 }, () => nowMs);
  expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0]);
  expect(limit.take('a')).toBe(10);
  expect(limit.take('b')).toBe(0);
  nowMs = 4_000;
  expect(limit.take('a')).toBe(6);
  nowMs = 10_000;
  expect(limit.take('a')).toBe(0);
  expect(limit.take('a')).toBe(10);
  nowMs = 3_600_000;
  expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0]);
  expect(limit.take('a')).toBe(10);
});
