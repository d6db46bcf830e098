import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createCertificateVerifier } from '../../../../demo/container/guard/certificate-verifier.ts';
import type { Credentials } from '../../../support/tls-authority.ts';
import { initializeBody, openContainer } from '../running.ts';
import { agentWith, openAuthority, send } from '../tls-caller.ts';

const forMaya = 'URI:urn:fairlead:user:user_maya,URI:urn:fairlead:client-of:container_notes';

async function opened() {
  const authority = openAuthority();
  const server = authority.issue();
  const auth = {
    mode: 'certificate',
    platform_ca: authority.caFile,
    certificate: server.certFile,
    key: server.keyFile,
    container_id: 'container_notes',
    expected_user_id: 'user_maya',
  };
  const { url } = await openContainer((config) => writeFile(config, JSON.stringify({ auth })));
  const client = (names: string, more: { use?: 'clientAuth' | 'serverAuth'; seconds?: number } = {}) =>
    authority.issue({ names, use: 'clientAuth', ...more });
  return { url, authority, client };
}

test('the user enters with a certificate for this container, and tools know who it is', async () => {
  const { url, authority, client } = await opened();
  const agent = agentWith(authority, client(forMaya));
  const begun = await send(url, { agent });
  expect(begun.status).toBe(200);
  const headers = { 'mcp-session-id': String(begun.headers['mcp-session-id']) };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'whoami' } });
  const called = await send(url, { agent, body, headers });
  expect(called.body).toContain('"mode":"certificate"');
  expect(called.body).toContain('"user_id":"user_maya"');
});

test('whoever has none, or one that the platform has not issued for clients, is not spoken to', async () => {
  const { url, authority, client } = await opened();
  const refused: [string, Partial<Credentials>][] = [
    ['no certificate', {}],
    ['another authority’s', openAuthority().issue({ names: forMaya, use: 'clientAuth' })],
    ['one for servers', client(forMaya, { use: 'serverAuth' })],
    ['one that has expired', authority.issue({ names: forMaya, use: 'clientAuth', days: -1 })],
    ['one of its own making', authority.selfSigned()],
  ];
  for (const [what, credentials] of refused) {
    await expect(send(url, { agent: agentWith(authority, credentials) }), what).rejects.toThrow();
  }
});

test.each([
  ['another user’s', 'URI:urn:fairlead:user:user_noor,URI:urn:fairlead:client-of:container_notes'],
  ['one for another container', 'URI:urn:fairlead:user:user_maya,URI:urn:fairlead:client-of:container_other'],
  ['one for no container', 'URI:urn:fairlead:user:user_maya'],
  ['one for nobody', 'URI:urn:fairlead:client-of:container_notes'],
  ['one for two users', `${forMaya},URI:urn:fairlead:user:user_noor`],
  ['the platform’s own', 'URI:urn:fairlead:platform'],
  ['a container’s', 'URI:urn:fairlead:container:container_notes'],
  [
    'one that names hosts alike',
    'DNS:urn.fairlead.user.user_maya,DNS:urn.fairlead.client-of.container_notes',
  ],
])('refuses %s', async (_what, names) => {
  const { url, authority, client } = await opened();
  const answer = await send(url, { agent: agentWith(authority, client(names)) });
  expect(answer.status).toBe(403);
  expect(answer.body).not.toContain('user_noor');
});

test('takes nothing that a client sends for its identity', async () => {
  const { url, authority, client } = await opened();
  const agent = agentWith(authority, client('URI:urn:fairlead:user:user_noor'));
  for (const headers of [
    { 'x-user-id': 'user_maya' },
    { 'x-platform-user': 'user_maya' },
    { 'x-forwarded-client-cert': forMaya },
    { authorization: 'Bearer user_maya' },
  ]) {
    expect((await send(url, { agent, headers })).status).toBe(403);
  }
});

test('a certificate that ends while its connection is open enters no more, nor by a resumed session', async () => {
  const { url, authority, client } = await opened();
  const shown = client(forMaya, { seconds: 3 });
  const { port } = new URL(url);
  const options = { port: Number(port), host: '127.0.0.1', ca: authority.ca, ...shown };
  const open = (session?: Buffer) => {
    const socket = connect({ ...options, ...(session && { session }) });
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => (received += chunk.toString()));
    return {
      socket,
      async ask() {
        const before = received.length;
        const head = ['POST /mcp HTTP/1.1', 'host: localhost', 'content-type: application/json'];
        const lines = [...head, 'accept: application/json, text/event-stream'];
        socket.write([...lines, `content-length: ${initializeBody.length}`, '', initializeBody].join('\r\n'));
        while (!received.slice(before).includes('\r\n\r\n') && !socket.destroyed) await sleep(10);
        return received.slice(before);
      },
    };
  };
  const first = open();
  const begun = once(first.socket, 'session') as Promise<[Buffer]>;
  expect(await first.ask()).toContain(' 200 ');
  const [session] = await begun;
  await sleep(3_500);
  const after = await first.ask();
  expect(after).toContain(' 403 ');
  expect(after).toMatch(/connection: close/i);
  // OpenSSL may resume a session without a look at the clock; the guard looks.
  const resumed = open(session);
  expect(await resumed.ask()).not.toMatch(/ 200 /);
});

test('a certificate counts from its first moment until just before its last', async () => {
  const verifier = createCertificateVerifier(
    {
      ...{ mode: 'certificate', platform_ca: 'a', certificate: 'b', key: 'c' },
      ...{ container_id: 'container_notes', expected_user_id: 'user_maya' },
    },
    () => 1_000,
  );
  const certificate = {
    alternatives: forMaya.replace(',', ', '),
    uses: ['1.3.6.1.5.5.7.3.2'],
    validFrom: 1_000,
    validTo: 1_001,
  };
  const request = {
    method: 'POST',
    path: '/mcp',
    authorization: undefined,
    proof: undefined,
    claim: undefined,
  };
  const verdict = (changes: object) =>
    verifier.verify({ ...request, certificate: { ...certificate, ...changes } });
  expect(await verdict({})).toEqual({ admitted: true, caller: { mode: 'certificate', userId: 'user_maya' } });
  expect(await verdict({ validTo: 1_000 })).toEqual({ admitted: false, reason: 'expired' });
  expect(await verdict({ validFrom: 1_001 })).toEqual({ admitted: false, reason: 'expired' });
  expect(await verdict({ validTo: NaN })).toEqual({ admitted: false, reason: 'expired' });
  expect(await verdict({ uses: [] })).toEqual({ admitted: false, reason: 'forbidden' });
  expect(await verifier.verify({ ...request, certificate: undefined })).toEqual({
    admitted: false,
    reason: 'missing',
  });
});
