import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { frameTypes } from '../../electron/socket/frames.ts';
import { joinCore } from '../../electron/socket/join.ts';
import { events, type ControlRequest } from '../../shared/control.ts';
import { startAuthorizationServer } from '../support/authorization-server.ts';
import { plantCanary, type Canary } from '../support/canary.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { startKeyring, type Keyring } from '../support/keyring.ts';
import { ordinaryServer, scriptListener } from '../support/scripted-server.ts';
import { browserProgram, startProtectedContainer } from '../support/sign-in-rig.ts';
import { buildProgram } from '../support/built-program.ts';
import { runVaultProgram } from '../support/vault-process.ts';

const clientSecret = 'canary-client-secret-6b1f0c';

let keyring: Keyring;
let program: Awaited<ReturnType<typeof buildProgram>>;
beforeAll(async () => {
  [keyring, program] = await Promise.all([startKeyring(), buildProgram('vault-program')]);
});
afterAll(async () => {
  await Promise.all([keyring.close(), program.remove()]);
});

/** Every frame that the core sends to a control client, as it comes. */
async function listenToEvents({ env }: Profile, canary: Canary): Promise<() => number> {
  const connection = await joinCore({ env, role: 'control', start: false, timeoutMs: 10_000 });
  let frames = 0;
  connection.listen({
    frame({ payload }) {
      frames += 1;
      canary.hear('an event of the control API', payload.toString());
    },
    drained: () => undefined,
    closed: () => undefined,
  });
  const request: ControlRequest = { type: 'subscribe', events: Object.keys(events) };
  connection.sendJson(frameTypes.control, request);
  onTestFinished(() => connection.close());
  return () => frames;
}

/** What the keychain holds of this profile: the one place where a token may be. */
async function inKeychain({
  env,
}: Profile): Promise<{ accessToken: string; refreshToken: string; dpopKey: string }> {
  await using vault = runVaultProgram(program.file, env);
  const { value = '{}' } = await vault.ask({ do: 'read', key: 'oauth:notes' });
  return JSON.parse(value) as Awaited<ReturnType<typeof inKeychain>>;
}

test.each([
  ['a registered client', []],
  ['a client with a secret', ['--client-id', 'desk', '--secret-stdin']],
])(
  'no token, code, verifier, secret or key of %s is in files, arguments, environments, output or the control API',
  { timeout: 90_000 },
  async (_who, options) => {
    const server = await startAuthorizationServer({
      tokenSeconds: 4,
      dpop: true,
      clients: [
        {
          client_id: 'desk',
          client_secret: clientSecret,
          application_type: 'native',
          redirect_uris: ['http://127.0.0.1/callback'],
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const container = await startProtectedContainer(server, scriptListener(ordinaryServer()));
    const temporary = join(keyring.home, 'tmp');
    mkdirSync(temporary, { recursive: true });
    await using profile = openProfile({
      ...keyring.env,
      TMPDIR: temporary,
      FAIRLEAD_VAULT: 'keychain',
      FAIRLEAD_LOG: 'debug',
      FAIRLEAD_BROWSER: browserProgram,
    });
    server.secrets.add(clientSecret);
    const canary = plantCanary(server.secrets, profile.home, [keyring.home]);
    // The watch itself is watched: the issuer's address must be in the browser's argument.
    const visible = plantCanary(server.issuer, profile.home);
    const run = async (...args: string[]) => {
      const stdin = args.includes('--secret-stdin') ? clientSecret : '';
      const finished = await profile.run(args, { stdin });
      canary.hear(`what fairlead ${args.join(' ')} prints`, finished.stdout + finished.stderr);
      return finished;
    };
    const lookAround = async () => {
      for (const args of [['status'], ['list'], ['doctor', 'notes'], ['logs'], ['audit'], ['tools', 'notes']])
        await run(...args, '--json');
    };

    const added = await run('add', 'notes', container.url.href, '--auth', 'oauth', ...options);
    expect(added).toMatchObject({ status: 0 });
    const frames = await listenToEvents(profile, canary);
    expect(await run('auth', 'notes')).toMatchObject({ status: 0 });
    const client = profile.endpoint(['notes']);
    await client.open();
    expect((await client.call('any')).error).toBeUndefined();
    expect(container.scheme).toBe('DPoP');
    await lookAround();
    await sleep(4_200);
    expect((await client.call('any')).error).toBeUndefined();
    expect(server.granted.get('refresh_token')).toBeGreaterThan(0);
    container.needs = 'mcp:write';
    // Where the browser takes long, the call is answered with the link, and the next one has its sign-in.
    await expect.poll(async () => (await client.call('any')).error, { timeout: 40_000 }).toBeUndefined();
    expect(server.granted.get('authorization_code')).toBe(2);

    const { accessToken, refreshToken, dpopKey } = await inKeychain(profile);
    expect(server.secrets).toContain(accessToken);
    expect(server.secrets).toContain(refreshToken);
    const { d } = JSON.parse(dpopKey) as { d: string };
    server.secrets.add(d);

    await lookAround();
    expect(await run('auth', 'notes', '--forget')).toMatchObject({ status: 0 });
    expect(server.revocations()).toBe(2);
    await run('logs');
    expect(await run('remove', 'notes')).toMatchObject({ status: 0 });

    canary.hear("the endpoint's stderr", client.stderr());
    canary.hear("the endpoint's stdout", JSON.stringify(client.strays));
    expect(existsSync(join(profile.home, 'log'))).toBe(true);
    expect(frames()).toBeGreaterThan(10);
    expect(server.secrets.size).toBeGreaterThan(10);
    expect(visible.sightings()).toContainEqual(expect.stringMatching(/^arguments of browser\.mjs/));
    expect(canary.sightings()).toEqual([]);
  },
);
