import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { claim } from '../../electron/runtime/claim.ts';

function newPlace(): { place: string; folder: string } {
  const place = mkdtempSync(join(tmpdir(), 'fl claim '));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return { place, folder: join(place, 'claim') };
}

function claimedBy(folder: string, holder?: { pid: number; host: string }): void {
  mkdirSync(folder);
  if (holder !== undefined) writeFileSync(join(folder, 'holder'), JSON.stringify(holder));
}

/** Of a process that has lived, and does not any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('one has it at a time, and in the end nothing is left', async () => {
  const { place, folder } = newPlace();
  let holders = 0;
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      const release = await claim(folder);
      holders += 1;
      await sleep(5);
      expect(holders).toBe(1);
      holders -= 1;
      await release();
    }),
  );
  expect(readdirSync(place)).toEqual([]);
});

test('who has died does not have it any more', async () => {
  const { place, folder } = newPlace();
  claimedBy(folder, { pid: await deadPid(), host: hostname() });
  const release = await claim(folder);
  await release();
  expect(readdirSync(place)).toEqual([]);
});

test.each([
  ['one that lives', { pid: process.pid, host: hostname() }],
  ['one of another machine', { pid: 2 ** 22, host: 'elsewhere' }],
  ['nobody in particular', undefined],
])('the claim of %s is waited for, and not for ever', async (_, holder) => {
  const { folder } = newPlace();
  claimedBy(folder, holder);
  const claimed = claim(folder);
  await sleep(200);
  expect(readdirSync(folder)).toEqual(holder === undefined ? [] : ['holder']);
  utimesSync(folder, new Date(0), new Date(0));
  const release = await claimed;
  await release();
  expect(existsSync(folder)).toBe(false);
});

test('where no folder can be made, there is no claim', async () => {
  const { place } = newPlace();
  await expect(claim(join(place, 'nowhere', 'claim'))).rejects.toMatchObject({ code: 'ENOENT' });
});
