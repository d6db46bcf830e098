import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { TlsSettings } from '../../../shared/container.ts';
import { createHttpClient, type HttpClient } from '../../../electron/upstream/network/http-client.ts';
import { wasSent } from '../../../electron/upstream/network/network-errors.ts';
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

const authority = createTlsAuthority();
afterAll(() => authority[Symbol.dispose]());
const leaf = authority.issue();

const open: (HttpClient | WebServer)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await ('close' in each ? each.close() : each[Symbol.asyncDispose]());
});
function client(tls: TlsSettings, env: NodeJS.ProcessEnv = {}): HttpClient {
  const made = createHttpClient({ tls, certificate: broughtCertificate(tls), env });
  open.push(made);
  return made;
}
async function serve(server: Promise<WebServer>): Promise<WebServer> {
  open.push(await server);
  return server;
}

test('a private authority is trusted when it is given, and only then', async () => {
  const server = await serve(startTlsServer(leaf, (_, response) => response.end('ok')));
  expect(await textFrom(client({ ca: authority.caFile }).send, requestTo(server.url))).toBe('ok');
  const error = await failureOf(client({}).send(requestTo(server.url)));
  expect(error).toMatchObject({
    code: 'tls_failed',
    message: expect.stringContaining('an authority that this machine does not know') as string,
    help: expect.stringContaining('--ca') as string,
  });
  expect(wasSent(error)).toBe(false);
});

test.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])(
  'an authority in %s is trusted, also besides --ca',
  async (variable) => {
    const server = await serve(startTlsServer(leaf, (_, response) => response.end('ok')));
    const env = { [variable]: authority.caFile };
    expect(await textFrom(client({}, env).send, requestTo(server.url))).toBe('ok');
    using other = createTlsAuthority();
    expect(await textFrom(client({ ca: other.caFile }, env).send, requestTo(server.url))).toBe('ok');
  },
);

test('a self-signed certificate is trusted when it is given itself', async () => {
  const own = authority.selfSigned();
  const server = await serve(startTlsServer(own, (_, response) => response.end('ok')));
  expect(await textFrom(client({ ca: own.certFile }).send, requestTo(server.url))).toBe('ok');
  const error = await failureOf(client({ pins: [own.pin] }).send(requestTo(server.url)));
  expect(error).toMatchObject({
    code: 'tls_failed',
    message: expect.stringContaining('self-signed') as string,
  });
});

test('says of a certificate that it has expired, or is for another name', async () => {
  const expired = await serve(startTlsServer(authority.issue({ days: -1 }), (_, response) => response.end()));
  const renamed = await serve(
    startTlsServer(authority.issue({ names: 'DNS:example.com' }), (_, response) => response.end()),
  );
  const { send } = client({ ca: authority.caFile });
  expect(await failureOf(send(requestTo(expired.url)))).toMatchObject({
    code: 'tls_failed',
    message: 'The certificate of 127.0.0.1 has expired.',
  });
  expect(await failureOf(send(requestTo(renamed.url)))).toMatchObject({
    code: 'tls_failed',
    message: 'The certificate of 127.0.0.1 was issued for another name.',
  });
});

test('NODE_TLS_REJECT_UNAUTHORIZED does not switch verification off', async () => {
  const server = await serve(startTlsServer(leaf, (_, response) => response.end()));
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  expect(await failureOf(client({}).send(requestTo(server.url)))).toMatchObject({ code: 'tls_failed' });
});

test('a server that speaks no TLS is told as such', async () => {
  const server = await serve(startWebServer((_, response) => response.end()));
  const url = new URL(server.url);
  url.protocol = 'https:';
  const error = await failureOf(client({}).send(requestTo(url)));
  expect(error).toMatchObject({
    code: 'tls_failed',
    message: expect.stringContaining('does not speak TLS') as string,
  });
  expect(wasSent(error)).toBe(false);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'shows its client certificate where one is demanded (%s)',
  async (version) => {
    let requests = 0;
    const demanding = {
      ...leaf,
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion: version,
    };
    const server = await serve(
      startTlsServer(demanding, (request, response) => {
        requests += 1;
        response.end(tlsSocketOf(request).getPeerCertificate().subject.CN);
      }),
    );
    const own = authority.issue({ use: 'clientAuth' });
    const { caFile: ca } = authority;
    const { send } = client({ ca, cert: own.certFile, key: own.keyFile });
    expect(await textFrom(send, requestTo(server.url))).toBe('Fairlead test');

    const error = await failureOf(client({ ca }).send(requestTo(server.url)));
    expect(error).toMatchObject({ help: expect.stringContaining('--cert') as string });
    using stranger = createTlsAuthority();
    const foreign = stranger.issue({ use: 'clientAuth' });
    const refused = await failureOf(
      client({ ca, cert: foreign.certFile, key: foreign.keyFile }).send(requestTo(server.url)),
    );
    expect(refused).toMatchObject({ name: 'FairleadError' });
    expect(requests).toBe(1);
  },
);

test('says which file of a client certificate is of no use, and tries again once it is repaired', async () => {
  const server = await serve(startTlsServer(leaf, (_, response) => response.end('ok')));
  const { caFile: ca } = authority;
  const own = authority.issue({ use: 'clientAuth' });
  const other = authority.issue({ use: 'clientAuth' });
  const failing = async (tls: TlsSettings) => failureOf(client(tls).send(requestTo(server.url)));
  const says = (text: string) => ({
    code: 'config_invalid',
    message: expect.stringContaining(text) as string,
  });
  expect(await failing({ ca: `${ca}.gone` })).toMatchObject(says('--ca cannot be read'));
  expect(await failing({ ca: authority.write('empty', 'nothing') })).toMatchObject(
    says('--ca has no certificate'),
  );
  expect(await failing({ ca, cert: own.certFile, key: other.keyFile })).toMatchObject(
    says('--key is not that of'),
  );
  expect(await failing({ ca, cert: own.certFile, key: own.certFile })).toMatchObject(
    says('no private key in it'),
  );
  const key = authority.write('late', 'not a key');
  const { send } = client({ ca, cert: own.certFile, key });
  expect(await failureOf(send(requestTo(server.url)))).toMatchObject(says('no private key in it'));
  authority.write('late', own.key);
  expect(await textFrom(send, requestTo(server.url))).toBe('ok');
  expect(server.connections()).toBe(1);
});

test('reads no file before it is needed', async () => {
  const server = await serve(startWebServer((_, response) => response.end('ok')));
  expect(await textFrom(client({ ca: '/nowhere' }).send, requestTo(server.url))).toBe('ok');
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'resumes the session on the next connection (%s)',
  async (version) => {
    const server = await serve(
      startTlsServer({ ...leaf, maxVersion: version }, (request, response) => {
        response.setHeader('connection', 'close');
        response.end(String(tlsSocketOf(request).isSessionReused()));
      }),
    );
    const { send } = client({ ca: authority.caFile });
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await textFrom(send, requestTo(server.url)));
    expect(answers).toEqual(['false', 'true', 'true']);
  },
);
