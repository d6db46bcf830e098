/** Ways B and C through whole programs, and what they refuse: in words that reach the person. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../demo/database/database.ts';
import { startProgram } from '../../demo/start-program.ts';
import { gatewayEndpoint } from '../../shared/platform-api.ts';
import { openContainer, temporaryFolder } from '../demo/container/running.ts';
import { openCaller } from '../demo/platform/calling.ts';
import { borrowDatabase } from '../demo/platform/database.ts';
import { maya, noor, openPlatform } from '../demo/platform/running.ts';
import { openProfile } from '../support/fairlead.ts';
import { openTokenFront } from '../support/token-front.ts';
import { openMayas } from '../support/mayas.ts';

const long = { timeout: 120_000 };
// Built by `npm test` before the tests.
const containerProgram = resolve('dist/container.js');

async function runContainer(...args: string[]) {
  const child = spawn(process.execPath, [containerProgram, ...args]);
  const exited = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  return { out: out.trim(), err, status: child.exitCode };
}

/** A token's claims, without the key that it is bound to (RFC 7800). */
const claimsOf = (token: string) => ({ ...decodeJwt(token), cnf: undefined });

/** Signs as the platform does, by the key that it keeps. */
async function signerOf(database: Database) {
  const [row] = await database.query<{ kid: string; jwk: JWK }>(
    "SELECT kid, jwk FROM signing_keys WHERE alg = 'ES256'",
  );
  const key = await importJWK(row?.jwk ?? {}, 'ES256');
  return (token: string, changes: object) =>
    new SignJWT({ ...claimsOf(token), ...changes })
      .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'ES256', kid: row?.kid ?? '' })
      .sign(key);
}

test(
  'a person’s own container takes the platform’s token, and none that was tampered with',
  long,
  async () => {
    const database = await borrowDatabase();
    const platform = await openPlatform({ database });
    const front = await openTokenFront();
    const container = await openContainer((config) => {
      const auth = {
        mode: 'platform',
        platform_jwks_url: `${platform.issuer}/.well-known/jwks.json`,
        expected_user_id: maya.id,
        audience: front.url,
      };
      return writeFile(config, JSON.stringify({ auth }));
    });
    front.target = container.url;
    await using profile = openMayas();
    expect(await profile.run(['login', '--platform', platform.issuer])).toMatchObject({ status: 0 });
    expect(await profile.run(['platform', 'add', 'home', front.url])).toMatchObject({ status: 0 });
    const client = profile.endpoint(['home']);
    await client.open();
    const whoami = async () => JSON.stringify(await client.call('whoami'));
    expect(await whoami()).toContain(`The user ${maya.id} of the platform.`);

    const sign = await signerOf(database);
    const hourAgo = Math.floor(Date.now() / 1_000) - 3_600;
    const swaps: Record<string, NonNullable<typeof front.swap>> = {
      expired: (token) => sign(token, { iat: hourAgo, exp: hourAgo + 300 }),
      'for another container': (token) => sign(token, { aud: 'https://notes.example.com/mcp' }),
      'of another issuer': (token) => sign(token, { iss: 'https://evil.example' }),
      'signed by nobody': (token) => new UnsecuredJWT(claimsOf(token)).encode(),
      'changed after it was signed': async (token) => {
        const [head = '', , signature = ''] = (await sign(token, {})).split('.');
        const body = Buffer.from(JSON.stringify({ ...claimsOf(token), exp: hourAgo + 7_200 }));
        return [head, body.toString('base64url'), signature].join('.');
      },
    };
    for (const [what, swap] of Object.entries(swaps)) {
      front.swap = swap;
      expect((await client.call('whoami')).error, what).toMatchObject({
        message: expect.stringMatching(
          /does not accept the token that was just issued for it\. Check that its server takes tokens of this/,
        ) as string,
        data: { code: 'unauthorized' },
      });
    }
    // What the signer makes is good where nothing is changed: it was the changes that were refused.
    front.swap = (token) => sign(token, {});
    expect(await whoami()).toContain(`The user ${maya.id} of the platform.`);
  },
);

test(
  'another user’s container is refused, by the platform where it knows and by the container where not',
  long,
  async () => {
    const platform = await openPlatform({ containerProgram });
    const id = await platform.host({ userId: noor.id, name: 'noors' });
    const { url } = await openContainer((config) => {
      const auth = {
        mode: 'platform',
        platform_jwks_url: `${platform.issuer}/.well-known/jwks.json`,
        expected_user_id: noor.id,
      };
      return writeFile(config, JSON.stringify({ auth }));
    });
    await using profile = openMayas();
    expect(await profile.run(['login', '--platform', platform.issuer])).toMatchObject({ status: 0 });
    expect((await profile.run(['list'])).stdout).not.toContain('noors');
    const named = ['--auth', 'platform', '--no-probe'];
    await profile.run(['add', 'hosted', gatewayEndpoint(platform.issuer, id), ...named]);
    await profile.run(['add', 'external', url, ...named]);
    expect(await profile.run(['call', 'hosted', 'whoami'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('The platform issues no tokens for this container to you.') as string,
    });
    expect(await profile.run(['call', 'external', 'whoami'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/refuses this request .*\(HTTP 403\).* Ask whoever runs it/) as string,
    });
  },
);

test('an API token enters a hosted container until it is revoked', long, async () => {
  const platform = await openPlatform({ containerProgram });
  const id = await platform.host({ userId: maya.id, name: 'notes' });
  const { call } = await openCaller(platform);
  const { body } = await call('POST', '/tokens', {
    ...{ name: 'laptop', scopes: ['mcp:tools'], expires_in_days: 1, issued_for: 'user_direct' },
  });
  await using profile = openProfile();
  const add = ['add', 'notes', gatewayEndpoint(platform.issuer, id), '--secret-stdin'];
  expect(await profile.run(add, { stdin: String(body['token']) })).toMatchObject({ status: 0 });
  expect((await profile.run(['call', 'notes', 'whoami'])).stdout).toContain(`The user ${maya.id}`);
  const client = profile.endpoint(['notes']);
  await client.open();

  await call('DELETE', `/tokens/${String(body['id'])}`);
  expect((await client.call('whoami')).error?.message).toContain('does not accept the credential');
  expect(await profile.run(['call', 'notes', 'whoami'])).toMatchObject({
    stderr: expect.stringContaining('does not accept the credential (HTTP 401). Check its key') as string,
  });
});

test('a container without a platform lets in whoever has its key, until it is revoked', long, async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'config.yaml');
  const { out: key } = await runContainer('token', 'create', 'laptop', '--config', config);
  const args = ['serve', '--config', config, '--data', folder, '--port', '0'];
  const container = await startProgram('container', [containerProgram, ...args], {
    ready: /listening at (\S+)/,
  });
  onTestFinished(() => container.close());
  await using profile = openProfile();
  const add = await profile.run(['add', 'notes', container.said, '--secret-stdin'], { stdin: key });
  expect(add).toMatchObject({ status: 0 });
  const client = profile.endpoint(['notes']);
  await client.open();
  expect(JSON.stringify(await client.call('whoami'))).toContain('The holder of the token laptop.');

  expect(await runContainer('token', 'revoke', 'laptop', '--config', config)).toMatchObject({ status: 0 });
  expect((await client.call('whoami')).error?.message).toContain('does not accept the credential');
});

test('plain http is for this machine, at both ends', long, async () => {
  await using profile = openProfile();
  expect(await profile.run(['add', 'notes', 'http://notes.example.com/mcp'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/https/) as string,
  });
  const folder = await temporaryFolder();
  const config = join(folder, 'config.yaml');
  await runContainer('token', 'create', 'laptop', '--config', config);
  const beyond = ['serve', '--config', config, '--data', folder, '--port', '0', '--host', '0.0.0.0'];
  expect(await runContainer(...beyond)).toMatchObject({
    status: 2,
    err: expect.stringContaining('Plain http beyond loopback would show every token') as string,
  });
});
