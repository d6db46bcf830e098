import type { RequestListener, ServerResponse } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { goodServer, oauthContainer, type Routes } from '../discovery/site.ts';
import { prm, rfc8414, startEvilSite } from './evil-site.ts';

/** A server answers with more than fits: 1 GiB in a few bytes of gzip, or without an end. */

const most = 64 * 1024 * 1024;

/** Runs it and @returns how much memory it took at most. */
async function memoryOf(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, process.memoryUsage().rss) - before;
}

/** 1 GiB of blanks, compressed beforehand: as members, which is one gzip stream too. */
const mebibytes = gzipSync(Buffer.alloc(1024 * 1024, ' '));
function bomb(headers: Record<string, string>): RequestListener {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    for (let i = 0; i < 1024; i += 1) response.write(mebibytes);
    response.end();
  };
}

const endless: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  pour(response, Buffer.alloc(64 * 1024, ' '));
};

function pour(response: ServerResponse, chunk: Buffer) {
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

test.each(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'gzip, gzip', 'GZIP', 'unheard-of'])(
  'compressed metadata is not unpacked: %s',
  async (coding) => {
    const { refusal } = await startEvilSite(() => ({ [prm]: bomb({ 'content-encoding': coding }) }));
    const used = await memoryOf(async () => {
      expect((await refusal()).code).toBe('protocol_violation');
    });
    expect(used).toBeLessThan(most);
  },
);

test('compressed metadata that does not say so is no metadata', async () => {
  const { refusal } = await startEvilSite(() => ({ [prm]: bomb({}) }));
  // 1 MiB of it, as it came.
  expect((await refusal()).code).toMatch(/^(answer_too_large|discovery_refused)$/);
});

test('compression of what is transferred is no way in either', async () => {
  const { refusal } = await startEvilSite(() => ({
    [prm]: ((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'gzip, chunked' });
      const gzip = createGzip();
      gzip.pipe(response);
      gzip.end('{"resource":"EVIL"}');
    }) satisfies RequestListener,
  }));
  expect((await refusal()).code).toBe('discovery_refused');
});

const families: [string, (origin: string, evil: RequestListener) => Routes][] = [
  ['the container', (_, evil) => ({ [prm]: evil })],
  [
    'the issuer',
    (origin, evil) => ({
      [prm]: { resource: origin, authorization_servers: [`${origin}/as`] },
      [`${rfc8414}/as`]: evil,
    }),
  ],
  ['a container of 2025-03-26', (_, evil) => ({ [rfc8414]: evil })],
];

test.each(families)('metadata without an end is cut off at 1 MiB: %s', async (_, routes) => {
  const { refusal, site } = await startEvilSite((origin) => routes(origin, endless));
  const used = await memoryOf(async () => {
    expect((await refusal()).code).toBe('answer_too_large');
  });
  expect(used).toBeLessThan(most);
  await expect.poll(() => site.sockets.size).toBe(0);
});

test('metadata that announces too much is not read', async () => {
  const { refusal } = await startEvilSite(() => ({
    [prm]: ((_, response) => {
      response.writeHead(200, { 'content-length': String(2 ** 40) }).write('{');
    }) satisfies RequestListener,
  }));
  expect((await refusal()).code).toBe('answer_too_large');
});

test('errors are held to the same limits', async () => {
  const { refusal } = await startEvilSite(() => ({
    [prm]: ((_, response) => {
      response.writeHead(404);
      pour(response, Buffer.alloc(64 * 1024, ' '));
    }) satisfies RequestListener,
    [rfc8414]: ((_, response) => {
      response.writeHead(404, { 'content-encoding': 'gzip' }).end(mebibytes);
    }) satisfies RequestListener,
  }));
  expect((await refusal()).code).toBe('answer_too_large');
});

test('metadata just below the limit is read', async () => {
  const { discover, site } = await startEvilSite((origin) => ({
    [rfc8414]: goodServer(origin, { padding: 'x'.repeat(1024 * 1024 - 1024) }),
  }));
  expect((await discover(oauthContainer(site.url))).source).toBe('metadata');
});

test('JSON that is deep or wide is parsed or refused, nothing worse', async () => {
  const deep = '['.repeat(500_000) + ']'.repeat(500_000);
  const { refusal } = await startEvilSite(() => ({
    [prm]: ((_, response) => {
      response.setHeader('content-type', 'application/json').end(`{"resource":${deep}}`);
    }) satisfies RequestListener,
  }));
  expect((await refusal()).code).toBe('discovery_refused');
});
