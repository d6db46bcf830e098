import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { failureOf, startTcpServer } from '../../support/web-server.ts';
import { challengeOf, discoverer, oauthContainer, status } from '../discovery/site.ts';
import { oidc, prm, rfc8414, startEvilSite } from './evil-site.ts';

/** A server answers drop by drop, or never, to hold a sign-in open for ever. */

const mostMs = 15_000;

const silent: RequestListener = () => undefined;
const trickling: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
};
/** Each is there in time, all together are not. */
const late: RequestListener = (request, response) => {
  setTimeout(() => status(404)(request, response), 7_000);
};

const cases: Record<string, () => Promise<unknown>> = {
  async 'an answer that never comes'() {
    const { refusal } = await startEvilSite(() => ({ [prm]: silent }));
    return refusal();
  },

  async 'a document that comes drop by drop'() {
    const { refusal, site } = await startEvilSite(() => ({ [rfc8414]: trickling }));
    const failure = await refusal();
    await expect.poll(() => site.sockets.size).toBe(0);
    return failure;
  },

  async 'many documents that are all late'() {
    const paths = ['/named', prm, prm.replace('/mcp', ''), rfc8414, oidc];
    const { discover, site } = await startEvilSite(() =>
      Object.fromEntries(paths.map((path) => [path, late])),
    );
    const challenge = challengeOf({ resourceMetadata: `${site.origin}/named` });
    return failureOf(discover(oauthContainer(site.url), challenge));
  },

  async 'a head that comes drop by drop'() {
    await using server = await startTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      const timer = setInterval(() => socket.write('x'), 100);
      socket.on('close', () => clearInterval(timer));
    });
    await using parts = discoverer();
    return await failureOf(parts.discover(oauthContainer(server.url)));
  },

  async 'a form that is never answered'() {
    const { fetchFor, site } = await startEvilSite(() => ({ '/token': silent }));
    const fetch = fetchFor(oauthContainer(site.url));
    return failureOf(fetch(`${site.origin}/token`, { method: 'POST', body: 'code=secret' }));
  },
};

test('every slowness ends in time', async () => {
  // At once, as each of them lasts as long as it may.
  const outcomes = Object.entries(cases).map(async ([name, run]) => {
    const startedAt = performance.now();
    const failure = await run();
    return { name, failure, inTime: performance.now() - startedAt < mostMs };
  });
  for (const outcome of await Promise.all(outcomes))
    expect(outcome).toMatchObject({ failure: { code: 'timed_out' }, inTime: true });
});
