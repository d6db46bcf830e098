import { expect, test } from 'vitest';
import { readEnvelope, type Message } from '../../shared/envelope.ts';
import { createInFlightTable } from '../../electron/session/in-flight.ts';

function message(value: unknown): Message {
  const reading = readEnvelope(Buffer.from(JSON.stringify(value)));
  if (reading.status !== 'message') throw new Error('no message');
  return reading.message;
}
const call = (id: unknown, progressToken?: unknown) =>
  message({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'add', _meta: { progressToken } } });
const observer = { reached: () => undefined, finished: () => undefined };
const terms = { seq: 1, startedMs: 0, tool: undefined, observer, onTimeout: () => undefined };

test('gives each request to the first that takes it', () => {
  const table = createInFlightTable(() => 60_000);
  const entry = table.add(call(1), terms);
  table.add(call('1'), terms);
  expect(table.size).toBe(2);
  expect(table.find('1')).toBe(entry);
  expect(table.take('1')).toBe(entry);
  expect(table.take('1')).toBeUndefined();
  expect(table.holds(entry)).toBe(false);
  expect(table.take(undefined)).toBeUndefined();
  expect(table.takeAll()).toHaveLength(1);
  expect([table.size, table.bytes]).toEqual([0, 0]);
});

test('an entry whose id is used anew does not hold for the old one', () => {
  const table = createInFlightTable(() => 60_000);
  const first = table.add(call(1), terms);
  table.take('1');
  table.add(call(1), terms);
  expect(table.holds(first)).toBe(false);
  table.takeAll();
});

test('counts what the waiting requests hold', () => {
  const table = createInFlightTable(() => 60_000);
  const { message: asked } = table.add(call(1), terms);
  expect(table.bytes).toBe(asked.bytes.length);
  table.take('1');
  expect(table.bytes).toBe(0);
});

test('tells of a request that waits too long, unless progress was made', async () => {
  const table = createInFlightTable(() => 300);
  const late: unknown[] = [];
  const onTimeout = (entry: { message: Message }) => void late.push(entry.message.id);
  table.add(call(1, 'a'), { ...terms, onTimeout });
  table.add(call(2, 7), { ...terms, onTimeout });
  const renewing = setInterval(() => table.renew('7'), 50);
  await expect.poll(() => late).toEqual(['1']);
  clearInterval(renewing);
  table.takeAll();
});

test('a token that a second request took over is not lost with the first', async () => {
  const table = createInFlightTable(() => 300);
  let late = 0;
  table.add(call(1, 't'), terms);
  table.add(call(2, 't'), { ...terms, onTimeout: () => (late += 1) });
  table.take('1');
  for (let i = 0; i < 10; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    table.renew('"t');
  }
  expect(late).toBe(0);
  table.takeAll();
});
