import { readFile, stat, symlink, lstat, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../../../demo/container/guard/config.ts';
import { createToken, listTokens, revokeToken } from '../../../../demo/container/guard/token-file.ts';
import { hashSecret, matchToken } from '../../../../demo/container/guard/token-hash.ts';
import { temporaryFolder } from '../running.ts';

test('makes the file, readable by its owner only, with the hash and without the secret', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'config.yaml');
  const secret = await createToken(file, 'my-laptop');

  expect(secret).toMatch(/^flc_[A-Za-z0-9_-]{43}$/);
  const text = await readFile(file, 'utf8');
  expect(text).not.toContain(secret);
  expect(text).not.toContain(secret.slice(4));
  expect(text).toContain('# ');
  expect((await readConfig(file)).auth).toEqual({
    mode: 'token',
    tokens: [{ name: 'my-laptop', hash: hashSecret(secret) }],
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['config.yaml']);
});

test('keeps the comments and the order of a file that is there', async () => {
  const file = join(await temporaryFolder(), 'config.yaml');
  await writeFile(file, '# top\nauth:\n  mode: local # was so\n  # mode: token\n# end\n', { mode: 0o644 });
  await createToken(file, 'one');
  await createToken(file, 'two');
  await revokeToken(file, 'one');

  const text = await readFile(file, 'utf8');
  for (const comment of ['# top', '# was so', '# mode: token', '# end']) expect(text).toContain(comment);
  expect((await readConfig(file)).auth.mode).toBe('token');
  expect(await listTokens(file)).toEqual(['two']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('writes through a symlink instead of replacing it', async () => {
  const folder = await temporaryFolder();
  const link = join(folder, 'link.yaml');
  await writeFile(join(folder, 'config.yaml'), 'auth: {mode: token, tokens: []}\n');
  await symlink(join(folder, 'config.yaml'), link);
  await createToken(link, 'a');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await listTokens(join(folder, 'config.yaml'))).toEqual(['a']);
});

test('refuses a name that is taken, none, or unknown, and leaves the file as it was', async () => {
  const file = join(await temporaryFolder(), 'config.yaml');
  await createToken(file, 'a');
  const before = await readFile(file, 'utf8');
  await expect(createToken(file, 'a')).rejects.toMatchObject({ code: 'usage' });
  await expect(createToken(file, '../x\n')).rejects.toMatchObject({ code: 'usage' });
  await expect(revokeToken(file, 'b')).rejects.toMatchObject({ code: 'usage' });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('refuses to touch a file it does not understand, or one in a folder that is not there', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'auth: {mode: platform}\n');
  await expect(createToken(file, 'a')).rejects.toMatchObject({ code: 'config_invalid' });
  expect(await readFile(file, 'utf8')).toBe('auth: {mode: platform}\n');
  await expect(createToken(join(folder, 'no', 'config.yaml'), 'a')).rejects.toMatchObject({
    code: 'config_invalid',
  });
});

test('matches a secret with its own token only', () => {
  const tokens = ['one', 'two', 'three'].map((name) => ({ name, hash: hashSecret(name) }));
  expect(matchToken(tokens, 'two')?.name).toBe('two');
  expect(matchToken(tokens, 'four')).toBeUndefined();
  expect(matchToken([], 'two')).toBeUndefined();
});
