import { expect, test } from 'vitest';
import { readEnvelope, type Message } from '../../shared/envelope.ts';
import { claimOf, nextEra, type ClientEra } from '../../shared/era.ts';

function message(value: Record<string, unknown>): Message {
  const reading = readEnvelope(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...value })));
  if (reading.status !== 'message') throw new Error('That is no message.');
  return reading.message;
}
const claim = (version: unknown) => ({
  params: { _meta: { 'io.modelcontextprotocol/protocolVersion': version } },
});
const undecided: ClientEra = { status: 'undecided' };
const modern: ClientEra = { status: 'modern', version: '2026-07-28' };

const decisions: [what: string, ClientEra, Record<string, unknown>, ClientEra][] = [
  ['initialize', undecided, { id: 1, method: 'initialize', params: {} }, { status: 'legacy' }],
  [
    'initialize that claims a version',
    undecided,
    { id: 1, method: 'initialize', ...claim('2026-07-28') },
    modern,
  ],
  ['a probe', undecided, { id: 1, method: 'server/discover', ...claim('2026-07-28') }, undecided],
  ['a claim', undecided, { id: 1, method: 'tools/list', ...claim('2026-07-28') }, modern],
  [
    'a claim of nothing',
    undecided,
    { id: 1, method: 'x', ...claim(1) },
    { status: 'modern', version: undefined },
  ],
  [
    'another version',
    modern,
    { id: 1, method: 'x', ...claim('2027-01-01') },
    { status: 'modern', version: '2027-01-01' },
  ],
  ['a probe of a newer client', modern, { id: 1, method: 'server/discover', ...claim('2026-07-28') }, modern],
  [
    'a request without a claim',
    undecided,
    { id: 1, method: 'tools/list', params: { _meta: {} } },
    { status: 'legacy' },
  ],
  ['a request without a claim, later', modern, { id: 1, method: 'tools/list' }, modern],
  ['a notification', undecided, { method: 'own' }, { status: 'legacy' }],
  ['a notification, later', modern, { method: 'own' }, modern],
  ['a cancellation', undecided, { method: 'notifications/cancelled', params: { requestId: 1 } }, undecided],
  ['initialize, later', modern, { id: 1, method: 'initialize', params: {} }, { status: 'legacy' }],
  [
    'a claim after initialize',
    { status: 'legacy' },
    { id: 1, method: 'x', ...claim('2026-07-28') },
    { status: 'legacy' },
  ],
];

test.each(decisions.map(([what, ...decision]) => ({ what, decision })))(
  '$what decides about a client as it should',
  ({ decision: [before, said, after] }) => {
    expect(nextEra(before, message(said))).toEqual(after);
  },
);

test('only requests and notifications claim a version', () => {
  expect(claimOf(message({ id: 1, result: claim('2026-07-28').params }))).toBeUndefined();
  expect(claimOf(message({ id: 1, method: 'x', params: [claim('2026-07-28').params] }))).toBeUndefined();
});
