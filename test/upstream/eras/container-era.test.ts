import { expect, test } from 'vitest';
import { createContainerEra, type Verdict } from '../../../electron/upstream/eras/container-era.ts';

function counted(...verdicts: (Verdict | Error | undefined)[]) {
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    probe: () => {
      const verdict = verdicts[asked];
      asked += 1;
      return verdict instanceof Error ? Promise.reject(verdict) : Promise.resolve(verdict);
    },
  };
}

test('asks once for all who wait, and then not again', async () => {
  const container = counted('modern');
  const era = createContainerEra(container.probe);
  expect(await Promise.all([era.find(), era.find()])).toEqual(['modern', 'modern']);
  expect(await era.find()).toBe('modern');
  expect(container.asked).toBe(1);
});

test('asks again after a while whether a container has learnt the newer era', async () => {
  const container = counted('legacy', 'modern');
  let nowMs = 0;
  const era = createContainerEra(container.probe, () => nowMs);
  expect(await era.find()).toBe('legacy');
  nowMs += 299_000;
  expect(await era.find()).toBe('legacy');
  nowMs += 2_000;
  expect(era.known).toBeUndefined();
  expect(await era.find()).toBe('modern');
  nowMs += 1e9;
  expect(era.known).toBe('modern');
});

test('asks each time as long as the container cannot be asked or does not say', async () => {
  const container = counted(new Error('away'), undefined, 'unclear', 'legacy');
  const era = createContainerEra(container.probe);
  for (const found of [undefined, undefined, undefined, 'legacy']) expect(await era.find()).toBe(found);
});

test('believes what it hears meanwhile', () => {
  const era = createContainerEra(counted().probe);
  era.learn('legacy');
  era.learn(undefined);
  expect(era.known).toBe('legacy');
  era.learn('modern');
  expect(era.known).toBe('modern');
  era.learn('unclear');
  expect(era.known).toBeUndefined();
});
