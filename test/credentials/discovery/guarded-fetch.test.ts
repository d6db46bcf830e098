import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { grantFailure } from '../../../electron/credentials/sign-in/grant-failure.ts';
import { failureOf, startTcpServer } from '../../support/web-server.ts';
import { discoverer, oauthContainer, startSite, status, type Routes } from './site.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});
async function fetching(routes: (origin: string) => Routes) {
  const site = await startSite(routes);
  const parts = discoverer();
  open.push(parts, site);
  return { site, fetch: parts.fetchFor(oauthContainer(site.url)) };
}

test('sends forms, texts and bytes, and gives the answer as a Response', async () => {
  const { site, fetch } = await fetching(() => ({
    '/echo': (request: IncomingMessage, response: ServerResponse) => {
      const type = request.headers['content-type'] ?? '';
      response.sendDate = false;
      response.writeHead(201, { 'content-type': 'text/plain', 'dpop-nonce': 'n', 'set-cookie': 'a=b' });
      response.write(`${request.headers['x-a'] as string} ${type} `);
      request.pipe(response);
    },
  }));
  const post = async (body: string | URLSearchParams | Uint8Array) => {
    const init = { method: 'POST', body, headers: { 'X-A': '1' } };
    return (await fetch(`${site.origin}/echo`, init)).text();
  };
  expect(await post(new URLSearchParams({ a: 'b c' }))).toBe(
    '1 application/x-www-form-urlencoded;charset=UTF-8 a=b+c',
  );
  expect(await post('text')).toBe('1  text');
  expect(await post(new TextEncoder().encode('bytes'))).toBe('1  bytes');
  const response = await fetch(`${site.origin}/echo`, { method: 'POST', body: 'x' });
  expect([response.status, response.ok]).toEqual([201, true]);
  // Cookies of an issuer are nobody's business.
  expect(Object.fromEntries(response.headers)).toEqual({ 'content-type': 'text/plain', 'dpop-nonce': 'n' });
});

test('gives answers without a body, and refusals, as they are', async () => {
  const { site, fetch } = await fetching(() => ({ '/204': status(204), '/304': status(304) }));
  for (const code of [204, 304, 404]) {
    const response = await fetch(`${site.origin}/${code}`, {});
    expect([response.status, (await response.text()).length > 0]).toEqual([code, code === 404]);
  }
});

test('ends with its caller’s signal', async () => {
  const { site, fetch } = await fetching(() => ({ '/never': () => undefined }));
  const reason = new Error('No longer wanted.');
  const caller = new AbortController();
  const failure = failureOf(fetch(`${site.origin}/never`, { signal: caller.signal }));
  caller.abort(reason);
  expect(await failure).toBe(reason);
});

test('sends GET and POST only', async () => {
  const { site, fetch } = await fetching(() => ({}));
  expect(await failureOf(fetch(site.origin, { method: 'DELETE' }))).toBeInstanceOf(TypeError);
  expect(site.connections()).toBe(0);
});

test('tells a connection that does not come about from an answer that does not come', async () => {
  const { site, fetch } = await fetching(() => ({ '/silent': () => undefined }));
  // It takes the connection, and never shakes hands.
  await using mute = await startTcpServer(() => undefined);
  const [unreached, unanswered] = await Promise.all(
    [`https://127.0.0.1:${mute.port}/token`, `${site.origin}/silent`].map((url) =>
      failureOf(fetch(url, { method: 'POST', body: 'refresh_token=secret' })),
    ),
  );
  expect(unreached).toMatchObject({ code: 'connect_timed_out' });
  expect(grantFailure(unreached)).toEqual({ kind: 'unsent' });
  expect(unanswered).toMatchObject({ code: 'timed_out' });
  expect(grantFailure(unanswered)).toMatchObject({ kind: 'lost' });
}, 20_000);
