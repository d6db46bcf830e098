import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request } from 'node:https';
import { SignJWT, importJWK, type JWTPayload } from 'jose';
import { expect, test } from 'vitest';
import { openAuthority } from '../../../../demo/platform/authority/authority.ts';
import { createClaimSigner } from '../../../../demo/platform/gateway/claim.ts';
import { openKeyRing } from '../../../../demo/platform/keys.ts';
import { names } from '../../../../demo/tokens/names.ts';
import { userClaimHeader, userClaimType } from '../../../../demo/tokens/user-claim.ts';
import { initializeBody } from '../../container/running.ts';
import { borrowDatabase } from '../database.ts';
import { initialize, openHosted } from '../hosted.ts';
import { maya, noor, openPlatform } from '../running.ts';

/** The port that a process listens on (Linux, proc(5)). */
function portOf(pid: number): number {
  const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    } catch {
      return undefined;
    }
  });
  const listening = readFileSync(`/proc/${pid}/net/tcp`, 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[3] === '0A' && sockets.includes(fields[9]));
  return parseInt(listening?.[1]?.split(':')[1] ?? '0', 16);
}

interface Entry {
  readonly port: number;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns the answer's status; undefined where there was none */
function enter(
  options: Entry,
  by: typeof request | typeof httpRequest = request,
): Promise<number | undefined> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...options.headers,
  };
  return new Promise((resolve) => {
    by({ host: '127.0.0.1', path: '/mcp', method: 'POST', agent: false, ...options, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode)).once('error', () => resolve(undefined));
    })
      .once('error', () => resolve(undefined))
      .end(initializeBody);
  });
}

test('past the gateway nobody enters a hosted container, and with its certificate only who brings a fresh claim for it', async () => {
  const database = await borrowDatabase();
  const platform = await openPlatform({ database });
  const hosted = await openHosted(platform);
  expect((await initialize(hosted)).status).toBe(200);
  const [pid = 0] = hosted.pids();
  const port = portOf(pid);
  const authority = await openAuthority(database);
  const issue = async (uri: string) => {
    const { certificate: cert, key } = await authority.issue({
      ...{ commonName: 'test', uri: [uri], use: 'client', hours: 1 },
    });
    return { port, ca: authority.chain, cert, key };
  };
  const gateway = await issue(names.platform);
  const ring = await openKeyRing(database, { tokenMs: 0, aheadMs: 0 });
  const signClaim = createClaimSigner({ keys: () => ring.current(), issuer: platform.issuer });
  const claimed = (claim: string) => enter({ ...gateway, headers: { [userClaimHeader]: claim } });

  // Neither in the open, nor with no certificate, nor with one that the same authority gave to somebody else.
  expect(await enter({ port }, httpRequest)).toBeUndefined();
  expect(await enter({ port, ca: authority.chain })).toBeUndefined();
  for (const uri of [`urn:fairlead:user:${maya.id}`, names.container(hosted.id)])
    expect(await enter(await issue(uri)), uri).toBeUndefined();

  const claim = await signClaim({ userId: maya.id, containerId: hosted.id });
  expect(await claimed(claim)).toBe(200);
  expect(await claimed(claim)).toBe(401);
  expect(await enter(gateway)).toBe(401);
  expect(await enter({ ...gateway, headers: { 'x-user-id': maya.id } })).toBe(401);
  expect(await claimed(await signClaim({ userId: maya.id, containerId: 'container_other' }))).toBe(401);

  const jwk = ring.current().keys.find(({ alg }) => alg === 'ES256');
  const now = Math.floor(Date.now() / 1_000);
  const forge = async (changes: JWTPayload, header: object = {}) =>
    new SignJWT({
      ...{ iss: platform.issuer, aud: names.container(hosted.id), sub: maya.id, jti: crypto.randomUUID() },
      ...{ iat: now, exp: now + 60, ...changes },
    })
      .setProtectedHeader({ alg: 'ES256', kid: jwk?.kid ?? '', typ: userClaimType, ...header })
      .sign(await importJWK(jwk ?? {}, 'ES256'));
  expect(await claimed(await forge({}))).toBe(200);
  expect(await claimed(await forge({ iat: now - 300, exp: now - 240 }))).toBe(401);
  expect(await claimed(await forge({ iss: 'https://evil.example' }))).toBe(401);
  expect(await claimed(await forge({}, { kid: 'another' }))).toBe(401);
  const [head = '', , signature = ''] = (await forge({})).split('.');
  const other = Buffer.from(JSON.stringify({ sub: noor.id })).toString('base64url');
  expect(await claimed(`${head}.${other}.${signature}`)).toBe(401);
});
