import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { TlsSettings } from '../../../shared/container.ts';
import type { LogRecord } from '../../../electron/runtime/logger.ts';
import { createLogger } from '../../../electron/runtime/logger.ts';
import { createHttpClient, type HttpClient } from '../../../electron/upstream/network/http-client.ts';
import { wasSent } from '../../../electron/upstream/network/network-errors.ts';
import { chooseProxy } from '../../../electron/upstream/network/proxy.ts';
import { startProxyServer, type ProxyServer } from '../../support/proxy-server.ts';
import { broughtCertificate } from '../../support/brought-certificate.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import {
  failureOf,
  requestTo,
  startTlsServer,
  startWebServer,
  textFrom,
  tlsSocketOf,
  type WebServer,
} from '../../support/web-server.ts';

describe('through a real proxy', () => {
  const authority = createTlsAuthority();
  afterAll(() => authority[Symbol.dispose]());
  // Loopback is never proxied, so the server goes by a name that only the proxy can find.
  const host = 'container.test';
  const leaf = authority.issue({ names: `DNS:${host}` });

  const open: (HttpClient | WebServer | ProxyServer)[] = [];
  const logged: LogRecord[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await ('send' in each ? each.close() : each[Symbol.asyncDispose]());
  });
  async function keep<T extends WebServer | ProxyServer>(started: Promise<T>): Promise<T> {
    const each = await started;
    open.push(each);
    return each;
  }
  function client(env: NodeJS.ProcessEnv, tls: TlsSettings = { ca: authority.caFile }): HttpClient {
    const log = createLogger({ level: 'debug', now: Date.now, write: (record) => void logged.push(record) });
    const certificate = broughtCertificate(tls);
    const made = createHttpClient({ tls, certificate, env, log, connectTimeoutMs: 2_000 });
    open.push(made);
    return made;
  }
  const resolve = (authority: string) => ({ host: '127.0.0.1', port: Number(authority.split(':')[1]) });

  test('reaches an https container, keeps the connection, and names the container to the proxy only', async () => {
    const proxy = await keep(startProxyServer({ resolve }));
    const server = await keep(startTlsServer(leaf, (_, response) => response.end('ok'), host));
    const { send } = client({ https_proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await textFrom(send, requestTo(server.url))).toBe('ok');
    expect(await textFrom(send, requestTo(server.url))).toBe('ok');
    expect(proxy.asked).toEqual([`${host}:${server.port}`]);
  });

  test('reaches an http container through a tunnel as well', async () => {
    const proxy = await keep(startProxyServer({ resolve }));
    const server = await keep(startWebServer((request, response) => response.end(request.headers.host)));
    const url = new URL(`http://${host}:${server.port}/mcp`);
    const { send } = client({ HTTP_PROXY: `127.0.0.1:${proxy.port}` });
    expect(await textFrom(send, requestTo(url))).toBe(url.host);
    expect(proxy.asked).toEqual([url.host]);
  });

  test('client certificate, pins and session resumption work through it', async () => {
    const proxy = await keep(startProxyServer({ resolve }));
    const demanding = { ...leaf, ca: authority.ca, requestCert: true, rejectUnauthorized: true };
    const server = await keep(
      startTlsServer(
        demanding,
        (request, response) => {
          const socket = tlsSocketOf(request);
          response.setHeader('connection', 'close');
          response.end(`${String(socket.authorized)} ${String(socket.isSessionReused())}`);
        },
        host,
      ),
    );
    const env = { https_proxy: `http://127.0.0.1:${proxy.port}` };
    const own = authority.issue({ use: 'clientAuth' });
    const tls = { ca: authority.caFile, cert: own.certFile, key: own.keyFile };
    const { send } = client(env, { ...tls, pins: [leaf.pin] });
    expect(await textFrom(send, requestTo(server.url))).toBe('true false');
    expect(await textFrom(send, requestTo(server.url))).toBe('true true');

    const received = server.received();
    const error = await failureOf(client(env, { ...tls, pins: [own.pin] }).send(requestTo(server.url)));
    expect(error).toMatchObject({ code: 'pin_mismatch' });
    expect(server.received()).toBe(received);
  });

  test('gives the proxy its user name and password, and nobody else', async () => {
    const proxy = await keep(startProxyServer({ resolve, credentials: 'me@work:p%ss:word' }));
    const server = await keep(
      startTlsServer(leaf, (request, response) => response.end(JSON.stringify(request.headers)), host),
    );
    const good = client({ https_proxy: `http://me%40work:p%25ss%3Aword@127.0.0.1:${proxy.port}` });
    expect(await textFrom(good.send, requestTo(server.url))).not.toContain('proxy-authorization');
    for (const credentials of ['', 'me%40work:sesame@']) {
      const { send } = client({ https_proxy: `http://${credentials}127.0.0.1:${proxy.port}` });
      const error = await failureOf(send(requestTo(server.url)));
      expect(error).toMatchObject({
        code: 'proxy_failed',
        help: expect.stringContaining('user:password') as string,
      });
      expect(wasSent(error)).toBe(false);
      expect(JSON.stringify([error, (error as Error).message, logged])).not.toMatch(/sesame|c2VzYW1l/);
    }
  });

  test('a proxy over TLS needs a certificate that is trusted, and is not shown ours', async () => {
    const proxy = await keep(startProxyServer({ resolve, tls: authority.issue() }));
    const server = await keep(startTlsServer(leaf, (_, response) => response.end('ok'), host));
    const env = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` };
    expect(
      await textFrom(client(env, { ca: authority.caFile, pins: [leaf.pin] }).send, requestTo(server.url)),
    ).toBe('ok');
    const error = await failureOf(client(env, {}).send(requestTo(server.url)));
    expect(error).toMatchObject({
      code: 'proxy_failed',
      message: expect.stringContaining('authority') as string,
    });
  });

  test('says that the proxy refuses, is not there, is none, or never answers', async () => {
    const url = new URL(`https://${host}/mcp`);
    const refusing = await keep(startProxyServer({ refuse: 403 }));
    const silent = await keep(startProxyServer({ refuse: 0 }));
    const web = await keep(startWebServer((_, response) => response.end()));
    const gone = await startProxyServer();
    await gone[Symbol.asyncDispose]();
    const failing = async (value: string) => {
      const error = await failureOf(client({ https_proxy: value }).send(requestTo(url)));
      expect(wasSent(error)).toBe(false);
      return error;
    };
    const says = (text: string) => ({
      code: 'proxy_failed',
      message: expect.stringContaining(text) as string,
    });
    expect(await failing(`http://127.0.0.1:${refusing.port}`)).toMatchObject(says(`${host}:443 (HTTP 403)`));
    expect(await failing(`http://127.0.0.1:${gone.port}`)).toMatchObject(says('refused'));
    expect(await failing(`http://127.0.0.1:${web.port}`)).toMatchObject(says('The proxy'));
    expect(await failing('socks5://127.0.0.1:1')).toMatchObject(says('not that of an HTTP proxy'));
    expect(await failing('http://a:sesame@[')).toMatchObject(says('The address in HTTPS_PROXY'));
    expect(await failing(`http://127.0.0.1:${silent.port}`)).toMatchObject({ code: 'connect_timed_out' });
  });
});

describe('the choice of a proxy', () => {
  const https_proxy = 'http://proxy.test:3128';
  const chosen = (url: string, env: NodeJS.ProcessEnv) => chooseProxy(new URL(url), env)?.url.origin;

  test('goes by the scheme, and lower case comes first', () => {
    const env = { HTTPS_PROXY: 'http://upper.test', http_proxy: 'plain.test:8080' };
    expect(chosen('https://a.test', env)).toBe('http://upper.test');
    expect(chosen('https://a.test', { ...env, https_proxy })).toBe('http://proxy.test:3128');
    expect(chosen('https://a.test', { ...env, https_proxy: '' })).toBe('http://upper.test');
    expect(chosen('http://a.test', env)).toBe('http://plain.test:8080');
    expect(chosen('http://a.test', { https_proxy })).toBeUndefined();
  });

  test.each([
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://EXAMPLE.com.', true],
    ['example.com', 'https://api.example.com', true],
    ['.example.com', 'https://api.example.com', true],
    ['.example.com', 'https://example.com', true],
    ['*.example.com', 'https://api.example.com', true],
    ['example.com', 'https://badexample.com', false],
    ['api.example.com', 'https://example.com', false],
    ['example.com:8443', 'https://example.com:8443', true],
    ['example.com:8443', 'https://example.com', false],
    ['example.com:443', 'https://example.com', true],
    ['other.test, example.com', 'https://example.com', true],
    ['other.test example.com', 'https://example.com', true],
    ['*', 'https://example.com', true],
    ['', 'https://example.com', false],
    [',,', 'https://example.com', false],
    ['.', 'https://example.com', false],
    ['com', 'https://example.com', true],
    ['10.0.0.1', 'https://10.0.0.1', true],
    ['0.0.1', 'https://10.0.0.1', false],
    ['10.0.0.0/8', 'https://10.9.8.7', true],
    ['10.0.0.0/8', 'https://11.0.0.1', false],
    ['10.0.0.0/99', 'https://10.0.0.1', false],
    ['10.0.0.0/8', 'https://example.com', false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['fd00::0:1', 'https://[fd00::1]', true],
    ['[fd00::1]:8443', 'https://[fd00::1]:8443', true],
    ['[fd00::1]:8443', 'https://[fd00::1]', false],
  ])('NO_PROXY=%s and %s: direct is %s', (no_proxy, url, direct) => {
    expect(chosen(url, { https_proxy, no_proxy }) === undefined).toBe(direct);
  });

  test.each(['localhost', 'a.localhost', '127.0.0.1', '127.8.8.8', '[::1]'])(
    '%s is never reached through a proxy',
    (host) => {
      expect(chosen(`http://${host}:3000`, { http_proxy: https_proxy })).toBeUndefined();
      expect(chosen(`https://${host}:3000`, { https_proxy })).toBeUndefined();
    },
  );

  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));

  test('what is named in NO_PROXY, and all below it, is reached directly, whatever else the list holds', () => {
    fc.assert(
      fc.property(domain, fc.array(label, { maxLength: 2 }), fc.array(fc.string()), (name, below, others) => {
        const list = [...others, name, ...others].join(',');
        expect(
          chosen(`https://${[...below, name].join('.')}`, { https_proxy, no_proxy: list }),
        ).toBeUndefined();
      }),
    );
  });

  test('what is not named in NO_PROXY is reached through the proxy', () => {
    fc.assert(
      fc.property(domain, fc.array(domain), (host, names) => {
        fc.pre(!names.some((name) => host === name || host.endsWith(`.${name}`)));
        expect(chosen(`https://${host}`, { https_proxy, no_proxy: names.join(',') })).toBe(
          'http://proxy.test:3128',
        );
      }),
    );
  });

  test('no value of the variables throws anything but a proxy_failed, and never with the value in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (proxy, list) => {
        try {
          chooseProxy(new URL('https://example.com'), { https_proxy: `x:${proxy}qqq@`, no_proxy: list });
        } catch (thrown) {
          expect(thrown).toMatchObject({
            code: 'proxy_failed',
            message: expect.not.stringContaining('qqq') as string,
          });
        }
      }),
    );
  });

  test('the user name and password come apart from the address', () => {
    const proxy = chooseProxy(new URL('https://example.com'), {
      https_proxy: 'http://me:100%25@proxy.test:3128',
    });
    expect(proxy?.url.href).toBe('http://proxy.test:3128/');
    expect(proxy?.authorization?.reveal()).toBe(`Basic ${Buffer.from('me:100%').toString('base64')}`);
    expect(JSON.stringify(proxy)).not.toContain(Buffer.from('me:100%').toString('base64'));
  });
});
