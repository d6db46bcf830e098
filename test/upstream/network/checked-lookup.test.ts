import { afterEach, expect, test } from 'vitest';
import { FairleadError } from '../../../shared/errors.ts';
import { createHttpClient } from '../../../electron/upstream/network/http-client.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import { startProxyServer } from '../../support/proxy-server.ts';
import { failureOf, requestTo, startTlsServer, startWebServer, textFrom } from '../../support/web-server.ts';

const open: (AsyncDisposable | { close(): Promise<void> })[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await ('close' in each ? each.close() : each[Symbol.asyncDispose]());
});

const refusal = new FairleadError('address_refused', 'No.');

interface World {
  /** What each lookup in turn finds; the last one stays. */
  readonly names?: Record<string, string[][]>;
  readonly env?: NodeJS.ProcessEnv;
  readonly ca?: string;
  readonly refused?: string[];
}

function client({ names = {}, env = {}, ca, refused = [] }: World) {
  const judged: string[][] = [];
  const made = createHttpClient({
    env,
    tls: ca === undefined ? {} : { ca },
    admit: (addresses) => {
      judged.push([...addresses]);
      return addresses.some((each) => refused.includes(each)) ? Promise.reject(refusal) : Promise.resolve();
    },
    resolve: (host) => {
      const answers = names[host] ?? [];
      const found = answers.length > 1 ? answers.shift() : answers[0];
      if (found === undefined) {
        return Promise.reject(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
      }
      return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
    },
  });
  open.push(made);
  return { ...made, judged };
}
async function server() {
  const started = await startWebServer((_, response) => response.end('ok'));
  open.push(started);
  return started;
}

test('dials an address that was judged', async () => {
  const { port } = await server();
  const { send, judged } = client({ names: { 'mcp.example': [['127.0.0.1']] } });
  expect(await textFrom(send, requestTo(new URL(`http://mcp.example:${port}/`)))).toBe('ok');
  expect(judged).toEqual([['127.0.0.1']]);
});

test('looks a name up once: one that leads elsewhere a moment later changes nothing', async () => {
  const [honest, victim] = [await server(), await server()];
  const { send, judged } = client({
    names: { 'rebind.example': [['127.0.0.1'], ['127.0.0.2']] },
    refused: ['127.0.0.2'],
  });
  const to = (port: number) => requestTo(new URL(`http://rebind.example:${port}/`));
  expect(await textFrom(send, to(honest.port))).toBe('ok');
  expect(judged).toEqual([['127.0.0.1']]);
  expect(await failureOf(send(to(victim.port)))).toBe(refusal);
  expect(victim.connections()).toBe(0);
});

test('dials no address of a name that has a refused one', async () => {
  const { port, connections } = await server();
  const { send } = client({ names: { 'mcp.example': [['127.0.0.1', '10.0.0.1']] }, refused: ['10.0.0.1'] });
  expect(await failureOf(send(requestTo(new URL(`http://mcp.example:${port}/`))))).toBe(refusal);
  expect(connections()).toBe(0);
});

test('judges literal addresses in every form that a URL can write them', async () => {
  const { port, connections } = await server();
  const { send } = client({ refused: ['127.0.0.1', '::ffff:7f00:1', '::1'] });
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.01',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
  ])
    expect(await failureOf(send(requestTo(new URL(`http://${host}:${port}/`))))).toBe(refusal);
  expect(connections()).toBe(0);
});

test('a name without addresses cannot be found', async () => {
  const { send } = client({ names: { 'empty.example': [[]] } });
  for (const name of ['empty', 'absent'])
    expect(await failureOf(send(requestTo(new URL(`http://${name}.example/`))))).toMatchObject({
      code: 'name_not_found',
    });
});

test('judges before TLS as well, and verifies the certificate against the name', async () => {
  using authority = createTlsAuthority();
  const tls = await startTlsServer(authority.issue({ names: 'DNS:mcp.example' }), (_, response) =>
    response.end('ok'),
  );
  open.push(tls);
  const names = { 'mcp.example': [['127.0.0.1']], 'other.example': [['127.0.0.1']] };
  const { send, judged } = client({ names, ca: authority.caFile });
  expect(await textFrom(send, requestTo(new URL(`https://mcp.example:${tls.port}/`)))).toBe('ok');
  expect(judged).toEqual([['127.0.0.1']]);
  expect(await failureOf(send(requestTo(new URL(`https://other.example:${tls.port}/`))))).toMatchObject({
    code: 'tls_failed',
  });
  const before = tls.connections();
  const wary = client({ names, ca: authority.caFile, refused: ['127.0.0.1'] });
  expect(await failureOf(wary.send(requestTo(new URL(`https://mcp.example:${tls.port}/`))))).toBe(refusal);
  expect(tls.connections()).toBe(before);
});

test('asks a proxy for no refused address, and lets it resolve what this machine cannot', async () => {
  const { port } = await server();
  const proxy = await startProxyServer({ resolve: () => ({ host: '127.0.0.1', port }) });
  open.push(proxy);
  const { send } = client({
    env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` },
    names: { 'inner.example': [['10.0.0.1']] },
    refused: ['10.0.0.1', '169.254.169.254'],
  });
  for (const host of ['inner.example', '10.0.0.1', '169.254.169.254'])
    expect(await failureOf(send(requestTo(new URL(`http://${host}/`))))).toBe(refusal);
  expect(proxy.asked).toEqual([]);
  expect(await textFrom(send, requestTo(new URL('http://outer.example/')))).toBe('ok');
  expect(proxy.asked).toEqual(['outer.example:80']);
});
