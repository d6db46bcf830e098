import { expect, test } from 'vitest';
import { createTurns } from '../../electron/session/turns.ts';

/** A promise to be settled by hand. */
function later() {
  let settle: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

test('asks at once when nothing told is under way', () => {
  const turns = createTurns();
  let asked = false;
  turns.ask(() => (asked = true));
  expect(asked).toBe(true);
});

test('tells one after the other, and asks behind all that was told', async () => {
  const turns = createTurns();
  const order: string[] = [];
  const [first, second] = [later(), later()];
  turns.tell(() => (order.push('tell 1'), first.promise));
  turns.tell(() => (order.push('tell 2'), second.promise));
  turns.ask(() => order.push('ask 1'));
  turns.ask(() => order.push('ask 2'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(order).toEqual(['tell 1']);
  first.settle();
  await expect.poll(() => order).toEqual(['tell 1', 'tell 2']);
  second.settle();
  await expect.poll(() => order).toEqual(['tell 1', 'tell 2', 'ask 1', 'ask 2']);
  turns.ask(() => order.push('ask 3'));
  expect(order.at(-1)).toBe('ask 3');
});

test('what fails or takes long holds up the rest for no more than about a second', async () => {
  const turns = createTurns();
  turns.tell(() => Promise.reject(new Error('refused')));
  turns.tell(() => new Promise(() => undefined));
  const started = performance.now();
  await new Promise<void>((resolve) => turns.ask(resolve));
  expect(performance.now() - started).toBeLessThan(3_000);
});
