import { expect, test } from 'vitest';
import { createLedger, type Ledger } from '../../electron/stdio/ledger.ts';

const line = (message: unknown) =>
  Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));

function send(ledger: Ledger, message: unknown): number {
  const seq = ledger.add(line(message));
  ledger.sent(seq);
  return seq;
}

const ids = (lost: readonly { id: string }[]) => lost.map(({ id }) => id);
const initialize = { jsonrpc: '2.0', id: 'i', method: 'initialize' };
const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
const call = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'tools/call' });

test('names what a lost core leaves unanswered, each id as it was written', () => {
  const ledger = createLedger();
  send(ledger, '{"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call"}');
  const answered = send(ledger, call(2));
  send(ledger, call('2'));
  send(ledger, { jsonrpc: '2.0', method: 'notifications/progress' });
  send(ledger, { jsonrpc: '2.0', id: 'q', result: {} });
  ledger.settle(answered);
  expect(ids(ledger.loseCore())).toEqual(['12345678901234567890', '"2"']);
  expect(ledger.loseCore()).toEqual([]);
});

test('owes no answer for what was cancelled', () => {
  const ledger = createLedger();
  send(ledger, call(1));
  send(ledger, call('1'));
  send(ledger, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  expect(ids(ledger.loseCore())).toEqual(['"1"']);
});

test('keeps what was not sent for the next core, in order', () => {
  const ledger = createLedger();
  send(ledger, call(1));
  const waiting = [ledger.add(line(call(2))), ledger.add(line(call(3)))];
  expect(ids(ledger.loseCore())).toEqual(['1']);
  expect(ledger.waiting().map(([seq]) => seq)).toEqual(waiting);
  expect(ids(ledger.loseWaiting())).toEqual(['2', '3']);
});

test('sends a greeting that was lost to the next core, but not for ever', () => {
  const ledger = createLedger();
  const first = send(ledger, initialize);
  const second = send(ledger, initialized);
  for (let loss = 0; loss < 3; loss += 1) {
    expect(ledger.loseCore()).toEqual([]);
    expect(ledger.waiting().map(([seq]) => seq)).toEqual([first, second]);
    ledger.sent(first);
    ledger.sent(second);
  }
  expect(ids(ledger.loseCore())).toEqual(['"i"']);
  expect(ledger.waiting()).toEqual([]);
});

test('retains what stands, in order, over any number of cores', () => {
  const ledger = createLedger();
  const greeting = send(ledger, initialize);
  const level = send(ledger, { jsonrpc: '2.0', id: 1, method: 'logging/setLevel' });
  for (const seq of [greeting, level]) {
    ledger.retain(seq);
    ledger.settle(seq);
  }
  ledger.loseCore();
  expect([...ledger.retained()].map(([seq, bytes]) => [seq, bytes.toString()])).toEqual([
    [greeting, JSON.stringify(initialize)],
    [level, '{"jsonrpc":"2.0","id":1,"method":"logging/setLevel"}'],
  ]);
  ledger.release(level);
  expect([...ledger.retained()]).toHaveLength(1);
});

test('a greeting whose answer was lost on the way is sent, not also replayed', () => {
  const ledger = createLedger();
  const greeting = send(ledger, initialize);
  ledger.retain(greeting);
  ledger.loseCore();
  expect([...ledger.retained()]).toEqual([]);
  expect(ledger.waiting().map(([seq]) => seq)).toEqual([greeting]);
});

test('owes nothing for lines that are no messages, invalid UTF-8 among them', () => {
  const ledger = createLedger();
  for (const bad of [
    Buffer.from('{"jsonrpc":"2.0","id":1,"method":"\xff"}', 'latin1'),
    Buffer.from('{"\xff":1,"id":2}', 'latin1'),
    line('nonsense'),
    line('[{"id":1,"method":"a"}]'),
  ]) {
    ledger.sent(ledger.add(bad));
  }
  expect(ledger.loseCore()).toEqual([]);
});
