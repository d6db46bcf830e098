import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLogger, type LogRecord } from '../../electron/runtime/logger.ts';
import { greetCore } from '../../electron/socket/handshake.ts';
import { dial, joinCore } from '../../electron/socket/join.ts';
import { frameHead, frameTypes, type Frame } from '../../electron/socket/frames.ts';
import { listenAsCore, type CoreSocket } from '../../electron/socket/listen.ts';
import { coreAddress, localKey, prepareProfile } from '../../electron/socket/profile.ts';
import { newProfile, type TestProfile } from '../support/profile.ts';

const quiet = createLogger({ level: 'error', now: () => 0, write: () => undefined });

function listen(profile: TestProfile, admit: Parameters<typeof listenAsCore>[2] = () => undefined) {
  return listenAsCore(profile.paths, quiet, admit);
}
const join5 = (profile: TestProfile) =>
  joinCore({ env: profile.env, role: 'endpoint', start: false, timeoutMs: 5_000 });

test('of two cores of one profile one listens', async () => {
  await using profile = newProfile();
  const first = await listen(profile);
  expect(first).toBeDefined();
  expect(await listen(profile)).toBeUndefined();
  expect(statSync(coreAddress(profile.paths) ?? '').mode & 0o777).toBe(0o600);
  first?.close();
  const second = await listen(profile);
  expect(second).toBeDefined();
  second?.close();
});

test('of 20 that claim the place at once one gets it', async () => {
  await using profile = newProfile();
  const sockets = await Promise.all(Array.from({ length: 20 }, () => listen(profile)));
  const owners = sockets.filter((socket): socket is CoreSocket => socket !== undefined);
  expect(owners).toHaveLength(1);
  (await join5(profile)).destroy();
  owners[0]?.close();
  expect(existsSync(coreAddress(profile.paths) ?? '')).toBe(false);
});

test('takes the place of a core that was killed', async () => {
  await using profile = newProfile();
  prepareProfile(profile.paths);
  const address = coreAddress(profile.paths) ?? '';
  writeFileSync(address, '');
  const core = await listen(profile);
  expect(core).toBeDefined();
  (await join5(profile)).destroy();
  core?.close();
});

test('breaks the claim of one that died while it had it, and waits for one that has not', async () => {
  await using profile = newProfile();
  prepareProfile(profile.paths);
  const claim = join(profile.paths.run, 'claim');
  mkdirSync(claim);
  const old = Date.now() / 1000 - 60;
  utimesSync(claim, old, old);
  const cores = await Promise.all([listen(profile), listen(profile), listen(profile)]);
  expect(cores.filter((core) => core !== undefined)).toHaveLength(1);
  cores.forEach((core) => core?.close());
});

test('admits who proves itself, and passes frames both ways', async () => {
  await using profile = newProfile();
  const admitted: string[] = [];
  const core = await listen(profile, (connection, role) => {
    admitted.push(role);
    connection.listen({
      frame: ({ seq, payload }) => void connection.send(frameTypes.message, seq, payload),
      drained: () => undefined,
      closed: () => admitted.push('closed'),
    });
  });
  const connection = await join5(profile);
  const heard: Frame[] = [];
  connection.listen({
    frame: (frame) => heard.push(frame),
    drained: () => undefined,
    closed: () => undefined,
  });
  connection.send(frameTypes.line, 5, Buffer.from('{}'));
  connection.send(frameTypes.line, 6);
  await expect
    .poll(() => heard.map(({ seq, payload }) => [seq, payload.toString()]))
    .toEqual([
      [5, '{}'],
      [6, ''],
    ]);
  connection.close();
  await expect.poll(() => admitted).toEqual(['endpoint', 'closed']);
  core?.close();
});

test('a frame longer than any message ends its connection alone', async () => {
  await using profile = newProfile();
  let open = 0;
  const core = await listen(profile, (connection) => {
    open += 1;
    connection.listen({ frame: () => undefined, drained: () => undefined, closed: () => (open -= 1) });
  });
  const good = await join5(profile);
  const address = coreAddress(profile.paths) ?? '';
  const bad = await dial(address);
  if (bad === undefined) throw new Error('no core');
  await greetCore(bad, { key: localKey(profile.paths), address, role: 'endpoint' });
  await expect.poll(() => open).toBe(2);
  bad.write(frameHead(frameTypes.line, 1, 0x7fff_0000));
  await expect.poll(() => open).toBe(1);
  good.destroy();
  core?.close();
});

test('notes a stranger in the log, and stays', async () => {
  await using profile = newProfile();
  const records: LogRecord[] = [];
  const logger = createLogger({ level: 'warn', now: () => 0, write: (record) => records.push(record) });
  const core = await listenAsCore(profile.paths, logger, () => undefined);
  const stranger = await dial(coreAddress(profile.paths) ?? '');
  stranger?.end('hello\n');
  await expect.poll(() => records.map(({ event }) => event)).toEqual(['socket.refused']);
  (await join5(profile)).destroy();
  core?.close();
});

test('does not take the place of something that is not Fairlead, nor trust it', async () => {
  await using profile = newProfile();
  prepareProfile(profile.paths);
  const squatter = createServer((socket) => socket.end('FAIRLEAD/1 hello\n').on('error', () => undefined));
  await new Promise<void>((resolve) => squatter.listen(coreAddress(profile.paths), resolve));
  expect(await listen(profile)).toBeUndefined();
  await expect(join5(profile)).rejects.toMatchObject({ code: 'core_unreachable' });
  squatter.close();
});
