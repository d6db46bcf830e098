import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { clientMetadataUrl, registerClient } from '../../../electron/credentials/discovery/registration.ts';
import { Secret } from '../../../electron/runtime/secret.ts';
import { failureOf } from '../../support/web-server.ts';
import { discoverer, goodServer, oauthContainer, startSite } from './site.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

const redirectUri = 'http://127.0.0.1:40123/callback';

/** An issuer that answers a registration so, and what it was sent. */
async function issuer(answer: unknown, more: { status?: number; metadata?: Record<string, unknown> } = {}) {
  const sent: Record<string, unknown>[] = [];
  /** Before that, one after the other. */
  const answers: { status: number; answer: unknown }[] = [];
  const site = await startSite(() => ({
    '/register': (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        sent.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
        const next = answers.shift() ?? { status: more.status ?? 201, answer };
        response.writeHead(next.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(next.answer));
      });
    },
  }));
  const parts = discoverer();
  open.push(parts, site);
  const server = { ...goodServer(site.origin, more.metadata), issuer: site.origin };
  const terms = {
    server,
    fetch: parts.fetchFor(oauthContainer(site.url)),
    configured: undefined,
    metadataDocument: undefined,
    redirectUri,
  };
  return { site, sent, answers, terms, register: () => registerClient(terms) };
}

test('registers as a native program that keeps no secret and refreshes', async () => {
  const { sent, register, terms } = await issuer({ client_id: 'abc' });
  expect(await register()).toEqual({
    issuer: terms.server.issuer,
    clientId: 'abc',
    clientSecret: undefined,
    authMethod: 'none',
    source: 'registered',
    redirectUri,
    secretExpiresAt: undefined,
  });
  expect(sent).toEqual([
    {
      client_name: 'Fairlead',
      application_type: 'native',
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
  ]);
});

test('asks for the way of proving itself that the issuer has', async () => {
  const asked = async (methods: string[]) => {
    const { sent, register } = await issuer(
      { client_id: 'abc' },
      { metadata: { token_endpoint_auth_methods_supported: methods } },
    );
    await register();
    return sent[0]?.['token_endpoint_auth_method'];
  };
  expect(await asked(['client_secret_basic', 'none'])).toBe('none');
  expect(await asked(['client_secret_post', 'client_secret_basic'])).toBe('client_secret_basic');
  expect(await asked(['client_secret_post'])).toBe('client_secret_post');
});

test('takes what the issuer answered, not what was asked for', async () => {
  const { register } = await issuer({
    client_id: 'abc',
    client_secret: 'hush',
    client_secret_expires_at: 4_102_444_800,
    token_endpoint_auth_method: 'client_secret_post',
  });
  const registered = await register();
  expect(registered).toMatchObject({ authMethod: 'client_secret_post', secretExpiresAt: 4_102_444_800_000 });
  expect(registered.clientSecret?.reveal()).toBe('hush');
});

test('understands issuers that keep to RFC 7591 loosely', async () => {
  const loose = { client_id: 'abc', client_secret: 'hush' };
  expect(await (await issuer(loose, { status: 200 })).register()).toMatchObject({
    authMethod: 'client_secret_basic',
    secretExpiresAt: undefined,
  });
  const noSecret = { metadata: { token_endpoint_auth_methods_supported: ['none'] } };
  expect((await (await issuer(loose, noSecret)).register()).authMethod).toBe('none');
  expect((await (await issuer({ client_id: 'abc', client_secret: '' })).register()).authMethod).toBe('none');
});

test('is known by the configured id before anything else, and sends nothing', async () => {
  const { site, terms } = await issuer({});
  const supported = { ...terms.server, token_endpoint_auth_methods_supported: ['client_secret_post'] };
  const metadataDocument = clientMetadataUrl;
  const as = (configured: { clientSecret?: Secret; hasPrivateKey?: boolean }) =>
    registerClient({
      ...terms,
      metadataDocument,
      server: { ...supported, client_id_metadata_document_supported: true },
      configured: { clientId: 'mine', clientSecret: undefined, hasPrivateKey: false, ...configured },
    });
  expect(await as({})).toMatchObject({ clientId: 'mine', authMethod: 'none', source: 'configured' });
  expect(await as({ clientSecret: new Secret('x') })).toMatchObject({ authMethod: 'client_secret_post' });
  expect(await as({ hasPrivateKey: true })).toMatchObject({ authMethod: 'private_key_jwt' });
  expect(site.connections()).toBe(0);
});

test('is known by its metadata document where the issuer takes one and it may be used', async () => {
  const metadata = { client_id_metadata_document_supported: true };
  const { site, terms, register } = await issuer({ client_id: 'abc' }, { metadata });
  expect(await registerClient({ ...terms, metadataDocument: clientMetadataUrl })).toMatchObject({
    clientId: clientMetadataUrl,
    authMethod: 'none',
    source: 'metadata_document',
  });
  expect(site.connections()).toBe(0);
  expect((await register()).source).toBe('registered');
});

test('takes an id that is an address for the metadata document of whoever gave it', async () => {
  const { terms } = await issuer({ client_id: 'abc' });
  const clientId = 'https://desk.example/client.json';
  const reads = { client_id_metadata_document_supported: true };
  const closed = { registration_endpoint: undefined as unknown as string };
  const as = async (id: string, server: object, clientSecret?: Secret) => {
    const configured = { clientId: id, clientSecret, hasPrivateKey: false };
    const known = await registerClient({
      ...terms,
      metadataDocument: clientMetadataUrl,
      server: { ...terms.server, ...server },
      configured,
    });
    return [known.source, known.clientId];
  };
  expect(await as(clientId, reads)).toEqual(['metadata_document', clientId]);
  expect(await as(clientId, {})).toEqual(['registered', 'abc']);
  expect(await as(clientId, closed)).toEqual(['configured', clientId]);
  expect(await as(clientId, reads, new Secret('x'))).toEqual(['configured', clientId]);
  for (const other of [
    'http://desk.example/client.json',
    'https://desk.example/',
    `${clientId}#me`,
    'urn:x:y',
  ])
    expect(await as(other, reads)).toEqual(['configured', other]);
});

test('ships the metadata document that it names', () => {
  const text = readFileSync(new URL('../../../docs/client-metadata.json', import.meta.url), 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    client_id: clientMetadataUrl,
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1/callback'],
    grant_types: expect.arrayContaining(['authorization_code', 'refresh_token']) as string[],
    token_endpoint_auth_method: 'none',
  });
});

test('asks the person to register it where it cannot do so itself, in words of its own', async () => {
  const { terms } = await issuer({});
  const closed = { ...terms.server, registration_endpoint: undefined as unknown as string };
  expect(await failureOf(registerClient({ ...terms, server: closed }))).toMatchObject({
    code: 'registration_failed',
    help: expect.stringMatching(/http:\/\/127\.0\.0\.1\/callback.*--client-id/) as string,
  });
});

test.each([
  [400, { error: 'invalid_redirect_uri', error_description: 'EVIL <script>' }],
  [403, 'EVIL'],
  [201, { client_name: 'EVIL' }],
  [201, { client_id: 7, error: 'EVIL' }],
  [201, ['EVIL']],
])('refuses the answer %i %j without a word of it', async (status, answer) => {
  const { register } = await issuer(answer, { status });
  const failure = await failureOf(register());
  expect(failure).toMatchObject({
    code: 'registration_failed',
    help: expect.stringContaining('--client-id') as string,
  });
  expect(`${String(failure)} ${(failure as { help: string }).help}`).not.toContain('EVIL');
});

test('registers without the scope where an issuer refuses the one that was asked for, and for nothing else', async () => {
  const { terms, sent, answers } = await issuer({ client_id: 'abc' });
  answers.push({ status: 400, answer: { error: 'invalid_client_metadata' } });
  expect((await registerClient({ ...terms, scope: 'a b' })).clientId).toBe('abc');
  expect(sent.map((each) => each['scope'])).toEqual(['a b', undefined]);
  for (const status of [400, 401, 403, 500]) {
    const refusing = await issuer({}, { status });
    const scope = status === 400 ? undefined : 'a b';
    await failureOf(registerClient({ ...refusing.terms, scope }));
    expect(refusing.sent).toHaveLength(1);
  }
});

test('registers for a device without a browser to come back from', async () => {
  const { sent, terms } = await issuer({ client_id: 'abc' });
  await registerClient({ ...terms, redirectUri: undefined, scope: 'a b' });
  expect(sent[0]).toMatchObject({
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    redirect_uris: [],
    response_types: [],
    scope: 'a b',
  });
});
