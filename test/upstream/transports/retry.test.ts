import { expect, test } from 'vitest';
import { FairleadError } from '../../../shared/errors.ts';
import { readEnvelope, type Message } from '../../../shared/envelope.ts';
import { neverSent } from '../../../electron/upstream/network/network-errors.ts';
import { pauseAfterLoss, pauseAfterRefusal } from '../../../electron/upstream/transports/retry.ts';

function message(text: string): Message {
  const reading = readEnvelope(Buffer.from(text));
  if (reading.status !== 'message') throw new Error('no message');
  return reading.message;
}
const call = message('{"jsonrpc":"2.0","id":1,"method":"tools/call"}');
const list = message('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
const unknown = message('{"jsonrpc":"2.0","id":1,"method":"x/y"}');
const told = message('{"jsonrpc":"2.0","method":"notifications/initialized"}');
const now = { attempt: 1, nowMs: Date.UTC(2026, 0, 1) };

test('429 was not run, so anything is sent again, when the container says', () => {
  for (const each of [call, list, unknown, told])
    expect(pauseAfterRefusal(each, { status: 429, retryAfter: '2' }, now)).toBe(2_000);
  expect(pauseAfterRefusal(call, { status: 429, retryAfter: undefined }, now)).toBe(1_000);
});

test('503 is repeated only for what reads or sets, and only where the container says when', () => {
  expect(pauseAfterRefusal(list, { status: 503, retryAfter: '0' }, now)).toBe(0);
  for (const each of [call, unknown, told])
    expect(pauseAfterRefusal(each, { status: 503, retryAfter: '0' }, now)).toBeUndefined();
  expect(pauseAfterRefusal(list, { status: 503, retryAfter: undefined }, now)).toBeUndefined();
});

test.each([
  ['60', 60_000],
  ['61', undefined],
  ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['Thu, 01 Jan 2026 00:02:00 GMT', undefined],
])('Retry-After: %s means %s ms', (retryAfter, pause) => {
  expect(pauseAfterRefusal(list, { status: 503, retryAfter }, now)).toBe(pause);
});

test('nonsense in Retry-After is as none', () => {
  expect(pauseAfterRefusal(call, { status: 429, retryAfter: 'soon' }, now)).toBe(1_000);
  expect(pauseAfterRefusal(list, { status: 503, retryAfter: 'soon' }, now)).toBeUndefined();
});

test('other refusals are final', () => {
  for (const status of [400, 401, 404, 500, 502, 504])
    expect(pauseAfterRefusal(list, { status, retryAfter: '0' }, now)).toBeUndefined();
});

test('a call that may have left is never sent again, one that has not is', () => {
  const lost = new FairleadError('connection_lost', 'Lost.');
  const unsent = neverSent(new FairleadError('connect_failed', 'Refused.'));
  for (const each of [call, unknown, told]) expect(pauseAfterLoss(each, lost, 1)).toBeUndefined();
  expect(pauseAfterLoss(list, lost, 1)).toBeDefined();
  expect(pauseAfterLoss(list, lost, 2)).toBeUndefined();
  for (const each of [call, list, unknown, told]) expect(pauseAfterLoss(each, unsent, 1)).toBeDefined();
});

test('gives up in the end', () => {
  const unsent = neverSent(new FairleadError('connect_failed', 'Refused.'));
  expect(pauseAfterLoss(call, unsent, 4)).toBeUndefined();
  expect(pauseAfterRefusal(call, { status: 429, retryAfter: '0' }, { ...now, attempt: 4 })).toBeUndefined();
});

test('what no waiting mends is not tried again', () => {
  for (const code of ['tls_failed', 'pin_mismatch', 'name_not_found', 'connect_timed_out'] as const)
    expect(pauseAfterLoss(list, neverSent(new FairleadError(code, 'No.')), 1)).toBeUndefined();
  expect(pauseAfterLoss(list, new Error('other'), 1)).toBeUndefined();
});
