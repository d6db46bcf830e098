/** A platform on loopback, a program that is registered there, and the requests that it makes. */
import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import { borrowDatabase } from './database.ts';
import { furnish, rememberKey } from './furnished.ts';
import { startPlatform, type PlatformOptions, type RunningPlatform } from '../../../demo/platform/start.ts';
import { callback, createBrowser, type Browser, type WebPage } from './browser.ts';

// Built by `npm test` before the tests.
const containerProgram = resolve('dist/container.js');

export const maya = { email: 'maya@example.com', password: 'correct horse battery', id: 'user_maya' };
export const noor = { email: 'noor@example.com', password: 'another long password', id: 'user_noor' };
export const everyScope = 'openid offline_access mcp:tools mcp:resources data:read';
export const notes = 'https://notes.example.com/mcp';

/** How a program finds the platform, wherever that runs. */
export interface ReachedPlatform {
  readonly issuer: string;
  register(metadata?: object): Promise<Response>;
  /** The client id of a program that is registered as Fairlead does it. */
  client(): Promise<string>;
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** The token endpoint's answer. Throws where it is not a 200. */
  tokens(form: Readonly<Record<string, string>>, headers?: Record<string, string>): Promise<Tokens>;
}

export interface TestPlatform extends ReachedPlatform, RunningPlatform {
  /** Lines of the audit log. */
  readonly audited: readonly string[];
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token?: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
}

export async function openPlatform(options: Partial<PlatformOptions> = {}): Promise<TestPlatform> {
  const database = options.database ?? (await borrowDatabase());
  const audited: string[] = [];
  await furnish(database, [maya, noor]);
  const platform = await startPlatform({
    ...{ port: 0, users: [], containerProgram },
    onAudit: (line) => void audited.push(line),
    ...{ ...options, database },
  });
  onTestFinished(() => platform.close());
  await rememberKey(database);
  return { ...platform, ...reachPlatform(platform.issuer), audited };
}

export function reachPlatform(issuer: string): ReachedPlatform {
  const post: ReachedPlatform['post'] = (path, form, headers = {}) =>
    fetch(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(form), headers });
  const register: ReachedPlatform['register'] = (metadata = {}) =>
    fetch(`${issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Fairlead',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        ...metadata,
      }),
    });
  return {
    issuer,
    post,
    register,
    async client() {
      const { client_id: clientId } = (await (await register()).json()) as { client_id: string };
      return clientId;
    },
    async tokens(form, headers) {
      const response = await post('/token', form, headers);
      const text = await response.text();
      if (response.status !== 200) throw new Error(text);
      return JSON.parse(text) as Tokens;
    },
  };
}

export interface Request {
  readonly url: URL;
  readonly verifier: string;
}

/** An authorization request, with `changes` to what is right; an empty value leaves the parameter away. */
export function requestOf(
  { issuer }: ReachedPlatform,
  clientId: string,
  changes: Readonly<Record<string, string>> = {},
): Request {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL('/authorize', issuer);
  const params = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback,
    scope: everyScope,
    state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  for (const [name, value] of Object.entries(params)) if (value !== '') url.searchParams.set(name, value);
  return { url, verifier };
}

/** Through the pages to the program's callback. */
export async function allow(browser: Browser, first: WebPage, user = maya): Promise<WebPage> {
  let page = first;
  if (page.forms.some(({ action }) => action.endsWith('/sign-in'))) {
    page = await browser.submit(page, '/sign-in', { email: user.email, password: user.password });
  }
  return browser.submit(page, '/allow');
}

export interface SignedIn {
  readonly clientId: string;
  readonly tokens: Tokens;
  /** What the token endpoint is sent to refresh. */
  readonly refresh: (refreshToken: string, more?: Readonly<Record<string, string>>) => Record<string, string>;
}

/** The whole code flow. */
export async function signIn(
  platform: ReachedPlatform,
  options: {
    changes?: Record<string, string>;
    user?: typeof maya;
    clientId?: string;
    headers?: Record<string, string>;
  } = {},
): Promise<SignedIn> {
  const { changes, user, clientId = await platform.client(), headers } = options;
  const { url, verifier } = requestOf(platform, clientId, changes);
  const browser = createBrowser();
  const end = await allow(browser, await browser.open(url), user);
  const tokens = await platform.tokens(
    {
      grant_type: 'authorization_code',
      client_id: clientId,
      code: end.url.searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: callback,
    },
    headers,
  );
  return {
    clientId,
    tokens,
    refresh: (refreshToken, more = {}) => ({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: refreshToken,
      ...more,
    }),
  };
}

/** A key that its holder proves with every request (RFC 9449). */
export async function createProver(): Promise<
  (method: string, url: string, claims?: Record<string, unknown>) => Promise<string>
> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return (htm, htu, claims = {}) =>
    new SignJWT({ htm, htu, jti: randomBytes(16).toString('hex'), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(privateKey);
}

export function tokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}
