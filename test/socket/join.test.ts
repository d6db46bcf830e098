import { createServer } from 'node:net';
import { chmodSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { delay } from '../../electron/runtime/clock.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { joinCore } from '../../electron/socket/join.ts';
import { listenAsCore } from '../../electron/socket/listen.ts';
import { coreAddress, localKey, prepareProfile } from '../../electron/socket/profile.ts';
import { coreEnvironment } from '../../electron/socket/core-environment.ts';
import { newProfile } from '../support/profile.ts';

const quiet = createLogger({ level: 'error', now: () => 0, write: () => undefined });

test('says how to start a core where none is to be started', async () => {
  await using profile = newProfile();
  await expect(
    joinCore({ env: profile.env, role: 'control', start: false, timeoutMs: 1_000 }),
  ).rejects.toMatchObject({
    code: 'core_unreachable',
    help: 'Start one with `fairlead core`.',
  });
});

test('one that somebody just starts is waited for, also by who would start none', async () => {
  await using profile = newProfile();
  const { env, paths } = profile;
  prepareProfile(paths);
  writeFileSync(paths.starting, '');
  const joining = joinCore({ env, role: 'control', start: false, timeoutMs: 10_000 });
  await delay(300);
  const core = await listenAsCore(paths, quiet, () => undefined);
  (await joining).destroy();
  core?.close();
  // What it was that began long ago, it has failed.
  writeFileSync(paths.starting, '');
  utimesSync(paths.starting, new Date(0), new Date(0));
  await expect(joinCore({ env, role: 'control', start: false, timeoutMs: 10_000 })).rejects.toMatchObject({
    message: 'No core is running.',
  });
});

test('uses no folder and no key that others could have made', async () => {
  await using profile = newProfile();
  const { env, paths } = profile;
  const terms = { env, role: 'endpoint', start: false, timeoutMs: 1_000 } as const;
  prepareProfile(paths);
  const core = await listenAsCore(paths, quiet, () => undefined);
  localKey(paths);
  chmodSync(paths.key, 0o644);
  await expect(joinCore(terms)).rejects.toMatchObject({ code: 'profile_unsafe' });
  chmodSync(paths.key, 0o600);
  chmodSync(paths.run, 0o777);
  await expect(joinCore(terms)).rejects.toMatchObject({ code: 'profile_unsafe' });
  chmodSync(paths.run, 0o700);
  (await joinCore(terms)).destroy();
  core?.close();
});

test('a core that ends while it is greeted counts as none', async () => {
  await using profile = newProfile();
  prepareProfile(profile.paths);
  const dying = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => dying.listen(coreAddress(profile.paths), resolve));
  await expect(
    joinCore({ env: profile.env, role: 'endpoint', start: false, timeoutMs: 1_000 }),
  ).rejects.toMatchObject({ message: 'No core is running.' });
  dying.close();
});

test('a core inherits nothing of a client’s environment but what it needs', () => {
  expect(
    coreEnvironment({
      PATH: '/bin',
      FAIRLEAD_HOME: '/h',
      HTTPS_PROXY: 'http://p',
      API_KEY: 's',
      NODE_OPTIONS: '--x',
    }),
  ).toEqual({ PATH: '/bin', FAIRLEAD_HOME: '/h', HTTPS_PROXY: 'http://p' });
});
