import { writeFile } from 'node:fs/promises';
import { generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createProver, maya, noor, openPlatform, signIn, tokenHash } from '../../platform/running.ts';
import { openKeys } from '../issuer-keys.ts';
import { initializeBody, openClient, openContainer, post, type TestContainer } from '../running.ts';

function openGuarded(issuer: string, more: Record<string, string> = {}): Promise<TestContainer> {
  const auth = {
    mode: 'platform',
    platform_jwks_url: `${issuer}/.well-known/jwks.json`,
    expected_user_id: maya.id,
    ...more,
  };
  return openContainer((config) => writeFile(config, JSON.stringify({ auth })));
}

async function opened() {
  const keys = await openKeys();
  const key = await keys.publish('one');
  const { url } = await openGuarded(keys.issuer);
  const now = Math.floor(Date.now() / 1_000);
  const claims: JWTPayload = {
    iss: keys.issuer,
    aud: url,
    sub: maya.id,
    scope: 'mcp:tools',
    iat: now,
    exp: now + 300,
  };
  const sign = (changes: JWTPayload = {}, header: object = {}, by: CryptoKey | Uint8Array = key) =>
    new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header })
      .sign(by);
  const enter = (token: string, scheme = 'Bearer', headers: Record<string, string> = {}) =>
    post(url, initializeBody, { authorization: `${scheme} ${token}`, ...headers });
  return { keys, key, url, now, claims, sign, enter };
}

test('a token that a real platform made for its owner enters, and tools know who calls', async () => {
  const platform = await openPlatform();
  const { url } = await openGuarded(platform.issuer);
  const { tokens } = await signIn(platform, { changes: { resource: url } });
  const { client } = await openClient(url, { secret: tokens.access_token });
  const { structuredContent } = await client.callTool({ name: 'whoami', arguments: {} });
  expect(structuredContent).toEqual({ mode: 'platform', token: null, user_id: maya.id });
});

test('another user of the platform does not enter, however good their token', async () => {
  const platform = await openPlatform();
  const { url } = await openGuarded(platform.issuer);
  const { tokens } = await signIn(platform, { changes: { resource: url }, user: noor });
  const response = await post(url, initializeBody, { authorization: `Bearer ${tokens.access_token}` });
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(await response.json()).toMatchObject({ error: 'access_denied' });
});

test('a token for the platform itself, or an ID token, is none for the container', async () => {
  const platform = await openPlatform();
  const { url } = await openGuarded(platform.issuer);
  const { tokens } = await signIn(platform);
  for (const token of [tokens.access_token, tokens.id_token ?? '', tokens.refresh_token]) {
    expect((await post(url, initializeBody, { authorization: `Bearer ${token}` })).status).toBe(401);
  }
});

test('who comes without a token learns where to get one', async () => {
  const { url, keys } = await opened();
  const response = await post(url, initializeBody);
  expect(response.status).toBe(401);
  const { origin } = new URL(url);
  const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
  const where = `scope="mcp:tools", resource_metadata="${metadata}"`;
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer realm="container", ${where}, DPoP algs="ES256 EdDSA Ed25519", ${where}`,
  );

  const document = await fetch(metadata);
  expect(document.status).toBe(200);
  expect(await document.json()).toMatchObject({
    resource: url,
    authorization_servers: [keys.issuer],
    scopes_supported: ['mcp:tools', 'mcp:resources', 'data:read'],
    bearer_methods_supported: ['header'],
  });
  expect((await fetch(`${origin}/.well-known/oauth-protected-resource/other`)).status).toBe(404);
  expect((await fetch(metadata, { method: 'POST' })).status).toBe(401);
});

test('takes a good token, and reads the keys once for many', async () => {
  const { sign, enter, keys } = await opened();
  for (let count = 0; count < 5; count += 1) expect((await enter(await sign())).status).toBe(200);
  expect(keys.requests()).toBe(1);
});

test.each([
  ['has expired', { exp: 1_000_000_000 }],
  ['has no end', { exp: undefined }],
  ['is not valid yet', { nbf: 4_000_000_000 }],
  ['is for another container', { aud: 'https://notes.example.com/mcp' }],
  ['is for nobody', { aud: undefined }],
  ['is of another issuer', { iss: 'https://evil.example' }],
  ['is of no issuer', { iss: undefined }],
  ['is nobody’s', { sub: undefined }],
  ['is bound to a key that we cannot check', { cnf: { 'x5t#S256': 'abc' } }],
])('refuses a token that %s', async (_what, changes) => {
  const { sign, enter } = await opened();
  const response = await enter(await sign(changes as JWTPayload));
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(
    /^Bearer realm="container", error="invalid_token", /,
  );
});

test('refuses what is not signed by a key of the platform', async () => {
  const { sign, enter, claims, url } = await opened();
  const { privateKey: stranger } = await generateKeyPair('ES256');
  const good = await sign();
  const [head = '', body = '', signature = ''] = good.split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
  const tokens = [
    new UnsecuredJWT(claims).encode(),
    `${none}.${body}.`,
    `${none}.${body}.${signature}`,
    `${head}.${body}.`,
    `${head}.${body}`,
    await sign({}, {}, stranger),
    await sign({}, { kid: 'unknown' }, stranger),
    await sign({}, { alg: 'HS256' }, new TextEncoder().encode('x'.repeat(32))),
    await sign({}, { typ: 'JWT' }),
    `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: noor.id })).toString('base64url')}.${signature}`,
    'nonsense',
  ];
  for (const token of tokens) expect((await enter(token)).status, token).toBe(401);
  expect((await enter(good)).status).toBe(200);
  expect((await post(`${url}?access_token=${good}`, initializeBody)).status).toBe(401);
});

test.each(['RS256', 'EdDSA'])('takes a signature of %s too', async (alg) => {
  const { keys, sign, enter } = await opened();
  const key = await keys.publish('two', { alg });
  expect((await enter(await sign({}, { alg, kid: 'two' }, key))).status).toBe(200);
});

test('a key that came later is found, and one that was taken back is not', async () => {
  const { keys, sign, enter } = await opened();
  expect((await enter(await sign())).status).toBe(200);
  const newer = await keys.publish('two');
  const token = await sign({}, { kid: 'two' }, newer);
  expect((await enter(token)).status).toBe(200);
  expect((await enter(await sign())).status).toBe(401);
});

test('tokens of unknown keys do not make the container a hammer', async () => {
  const { keys, sign, enter } = await opened();
  await Promise.all(
    Array.from({ length: 30 }, async (_, index) => enter(await sign({}, { kid: `k${index}` }))),
  );
  expect(keys.requests()).toBeLessThan(10);
});

test('a token without the scope is told which it needs', async () => {
  const { sign, enter } = await opened();
  for (const scope of ['data:read', '', 'mcp:toolsmith', undefined]) {
    const response = await enter(await sign({ scope }));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="container", error="insufficient_scope", .*scope="mcp:tools", resource_metadata="http/,
    );
  }
});

test('keys that cannot be read are not the caller’s fault', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => stderr.mockRestore());
  const { keys, sign, enter } = await opened();
  await keys.close();
  expect((await enter(await sign())).status).toBe(503);
  expect(stderr.mock.calls.join()).toContain('auth.platform_jwks_url');
});

test('an audience of its own, behind a proxy, is what tokens must be for', async () => {
  const keys = await openKeys();
  const key = await keys.publish('one');
  const audience = 'https://notes.example.com/box/mcp';
  const { url } = await openGuarded(keys.issuer, { audience, platform_issuer: 'https://platform.example' });
  const sign = (aud: string) =>
    new SignJWT({ scope: 'mcp:tools' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
      .setIssuer('https://platform.example')
      .setAudience(aud)
      .setSubject(maya.id)
      .setExpirationTime('5m')
      .sign(key);
  const enter = async (aud: string) =>
    (await post(url, initializeBody, { authorization: `Bearer ${await sign(aud)}` })).status;
  expect(await enter(audience)).toBe(200);
  expect(await enter(url)).toBe(401);
  const told = (await post(url, initializeBody)).headers.get('www-authenticate');
  expect(told).toContain('"https://notes.example.com/.well-known/oauth-protected-resource/box/mcp"');
});

test('a token that is bound to a key enters with its proof only, and each proof once', async () => {
  const platform = await openPlatform();
  const { url } = await openGuarded(platform.issuer);
  const [prove, stranger] = [await createProver(), await createProver()];
  const headers = { dpop: await prove('POST', `${platform.issuer}/token`) };
  const { tokens } = await signIn(platform, { changes: { resource: url }, headers });
  const token = tokens.access_token;
  const ath = tokenHash(token);
  const statusWith = async (dpop?: string, scheme = 'DPoP') => {
    const proof: Record<string, string> = dpop === undefined ? {} : { dpop };
    return (await post(url, initializeBody, { authorization: `${scheme} ${token}`, ...proof })).status;
  };

  const good = await prove('POST', url, { ath });
  expect(await statusWith(good)).toBe(200);
  expect(await statusWith(good)).toBe(401);
  expect(await statusWith(await prove('POST', url, { ath }))).toBe(200);
  expect(await statusWith(undefined, 'Bearer')).toBe(401);
  expect(await statusWith(await prove('POST', url, { ath }), 'Bearer')).toBe(401);
  expect(await statusWith()).toBe(401);
  for (const wrong of [
    await prove('GET', url, { ath }),
    await prove('POST', 'https://notes.example.com/mcp', { ath }),
    await prove('POST', url),
    await prove('POST', url, { ath: tokenHash('another') }),
    await stranger('POST', url, { ath }),
    'nonsense',
  ]) {
    expect(await statusWith(wrong)).toBe(401);
  }
});

test('a session stays with the user that began it, over many tokens', async () => {
  const { sign, enter } = await opened();
  const begun = await enter(await sign());
  const session = begun.headers.get('mcp-session-id') ?? '';
  await begun.text();
  const next = await enter(await sign({ jti: 'another' }), 'Bearer', { 'mcp-session-id': session });
  // Initialised already: it is the session that answers, not the guard.
  expect(next.status).toBe(400);
});
