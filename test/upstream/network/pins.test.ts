import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../electron/upstream/network/http-client.ts';
import { wasSent } from '../../../electron/upstream/network/network-errors.ts';
import { printOf } from '../../../electron/upstream/network/pins.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import {
  failureOf,
  requestTo,
  startTlsServer,
  textFrom,
  tlsSocketOf,
  type WebServer,
} from '../../support/web-server.ts';

const authority = createTlsAuthority();
afterAll(() => authority[Symbol.dispose]());
const leaf = authority.issue();
const other = authority.issue();

const open: (HttpClient | WebServer)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await ('close' in each ? each.close() : each[Symbol.asyncDispose]());
});
function client(...pins: string[]): HttpClient {
  const made = createHttpClient({ tls: { ca: authority.caFile, pins }, env: {} });
  open.push(made);
  return made;
}
/** Answers `reused` or `new`, on a connection of its own each time. */
async function serve(version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3') {
  const server = await startTlsServer({ ...leaf, maxVersion: version }, (request, response) => {
    response.setHeader('connection', 'close');
    response.end(tlsSocketOf(request).isSessionReused() ? 'reused' : 'new');
  });
  open.push(server);
  return server;
}

test('a print is what openssl makes of the public key', () => {
  const run = (args: string[], input: string | Buffer) => execFileSync('openssl', args, { input });
  const spki = run(['pkey', '-pubin', '-outform', 'der'], run(['x509', '-pubkey', '-noout'], leaf.cert));
  const digest = run(['dgst', '-sha256', '-binary'], spki).toString('base64');
  expect(printOf(new X509Certificate(leaf.cert))).toBe(`sha256/${digest}`);
});

test('lets the pinned key pass, whichever pin it is', async () => {
  const server = await serve();
  expect(await textFrom(client(leaf.pin).send, requestTo(server.url))).toBe('new');
  expect(await textFrom(client(other.pin, leaf.pin).send, requestTo(server.url))).toBe('new');
});

test('another key gets not a byte of the request, and the error shows both prints', async () => {
  const server = await serve();
  const { send } = client(other.pin);
  for (let i = 0; i < 3; i += 1) {
    const error = await failureOf(
      send(requestTo(server.url, { headers: { authorization: 'Bearer secret' } })),
    );
    expect(error).toMatchObject({
      code: 'pin_mismatch',
      message: `The server's public key is ${leaf.pin}, but the pin is ${other.pin}. Nothing was sent to it.`,
      help: expect.stringContaining(`--pin ${leaf.pin}`) as string,
    });
    expect(wasSent(error)).toBe(false);
  }
  expect(server.connections()).toBe(3);
  expect(server.received()).toBe(0);
});

test('a pin does not replace the check of the certificate', async () => {
  const server = await startTlsServer(leaf, (_, response) => response.end());
  open.push(server);
  const made = createHttpClient({ tls: { pins: [leaf.pin] }, env: {} });
  open.push(made);
  expect(await failureOf(made.send(requestTo(server.url)))).toMatchObject({ code: 'tls_failed' });
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)('holds for resumed handshakes, too (%s)', async (version) => {
  const server = await serve(version);
  const { send } = client(leaf.pin);
  expect(await textFrom(send, requestTo(server.url))).toBe('new');
  expect(await textFrom(send, requestTo(server.url))).toBe('reused');
  expect(await textFrom(send, requestTo(server.url))).toBe('reused');
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server with another key in its place is found out although there was a session to resume (%s)',
  async (version) => {
    const server = await serve(version);
    const { send } = client(leaf.pin);
    expect(await textFrom(send, requestTo(server.url))).toBe('new');
    const before = server.received();
    server.recertify(other);
    expect(await failureOf(send(requestTo(server.url)))).toMatchObject({ code: 'pin_mismatch' });
    expect(server.received()).toBe(before);
  },
);
