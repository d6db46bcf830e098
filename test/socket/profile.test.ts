import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FairleadError } from '../../shared/errors.ts';
import { coreAddress, localKey, prepareProfile } from '../../electron/socket/profile.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import { newProfile } from '../support/profile.ts';

const mode = (path: string) => statSync(path).mode & 0o777;
const unsafe = expect.objectContaining({ code: 'profile_unsafe' }) as FairleadError;
const isRoot = process.getuid?.() === 0;

test('makes the folders and the key, for their owner alone', async () => {
  await using profile = newProfile();
  const { paths } = profile;
  prepareProfile(paths);
  const key = localKey(paths);
  expect([mode(paths.home), mode(paths.run), mode(paths.key)]).toEqual([0o700, 0o700, 0o600]);
  expect(key).toHaveLength(32);
  expect(localKey(paths)).toEqual(key);
  expect(readdirSync(paths.run)).toEqual(['key']);
});

test.each([0o777, 0o750, 0o701, 0o720])('refuses a run folder of mode %o', async (bits) => {
  await using profile = newProfile();
  const { paths } = profile;
  prepareProfile(paths);
  chmodSync(paths.run, bits);
  expect(() => prepareProfile(paths)).toThrow(unsafe);
});

test('refuses a run folder that is a link', async () => {
  await using profile = newProfile();
  const { paths } = profile;
  const elsewhere = join(paths.home, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  symlinkSync(elsewhere, paths.run);
  expect(() => prepareProfile(paths)).toThrow(unsafe);
});

test('refuses a run folder that is a file', async () => {
  await using profile = newProfile();
  writeFileSync(profile.paths.run, '', { mode: 0o600 });
  expect(() => prepareProfile(profile.paths)).toThrow(unsafe);
});

test.runIf(isRoot)('refuses folders and keys of somebody else', async () => {
  await using profile = newProfile();
  const { paths } = profile;
  prepareProfile(paths);
  localKey(paths);
  chownSync(paths.key, 12345, 12345);
  expect(() => localKey(paths)).toThrow(unsafe);
  chownSync(paths.run, 12345, 12345);
  expect(() => prepareProfile(paths)).toThrow(unsafe);
  chownSync(paths.run, 0, 0);
  chownSync(paths.home, 12345, 12345);
  expect(() => prepareProfile(paths)).toThrow(unsafe);
});

test('refuses a home that others can write to, and closes one that they can only read', async () => {
  await using profile = newProfile();
  const { paths } = profile;
  chmodSync(paths.home, 0o755);
  prepareProfile(paths);
  expect(mode(paths.home)).toBe(0o700);
  chmodSync(paths.home, 0o770);
  expect(() => prepareProfile(paths)).toThrow(unsafe);
});

test.each([
  ['that others can read', (path: string) => chmodSync(path, 0o644)],
  ['that is half a key', (path: string) => writeFileSync(path, 'abc')],
])('refuses a key %s', async (_name, spoil) => {
  await using profile = newProfile();
  const { paths } = profile;
  prepareProfile(paths);
  localKey(paths);
  spoil(paths.key);
  expect(() => localKey(paths)).toThrow(unsafe);
});

test('refuses a key that is a link', async () => {
  await using profile = newProfile();
  const { paths } = profile;
  prepareProfile(paths);
  const other = join(paths.home, 'other');
  writeFileSync(other, Buffer.alloc(32).toString('base64url'), { mode: 0o600 });
  symlinkSync(other, paths.key);
  expect(() => localKey(paths)).toThrow(unsafe);
});

test('says so when the path is longer than a socket’s name can be', async () => {
  await using profile = newProfile();
  const env = { FAIRLEAD_HOME: join(profile.paths.home, 'x'.repeat(90)) };
  const paths = profilePaths(env);
  prepareProfile(paths);
  expect(() => coreAddress(paths)).toThrow(unsafe);
});
