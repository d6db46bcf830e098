/** A program that finds out for itself how it gets into a container that is its own authorization server. */
import { createHash, randomBytes } from 'node:crypto';
import { callback, createBrowser, type Browser, type WebPage } from '../../platform/browser.ts';
import { initializeBody, post } from '../running.ts';

export interface Found {
  /** The endpoint that tokens are for. */
  readonly resource: string;
  readonly issuer: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly clientId: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** From a refusal to being registered (RFC 9728, RFC 8414, RFC 7591). */
export async function discover(endpoint: string): Promise<Found> {
  const refusal = endpoint.endsWith('/sse') ? await fetch(endpoint) : await post(endpoint, initializeBody);
  const challenge = refusal.headers.get('www-authenticate') ?? '';
  const [, address = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
  const described = (await (await fetch(address)).json()) as {
    resource: string;
    authorization_servers: [string];
  };
  const [issuer] = described.authorization_servers;
  const metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<
    string,
    unknown
  >;
  const registered = await fetch(String(metadata['registration_endpoint']), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'A program', redirect_uris: ['http://127.0.0.1/callback'] }),
  });
  const { client_id: clientId } = (await registered.json()) as { client_id: string };
  return { resource: described.resource, issuer, metadata, clientId };
}

export interface Begun {
  readonly browser: Browser;
  readonly page: WebPage;
  readonly verifier: string;
}

/** Opens the authorization endpoint in a browser; `changes` to what is right, and an empty value leaves it away. */
export async function begin(
  { resource, metadata, clientId }: Found,
  changes: Readonly<Record<string, string>> = {},
  browser = createBrowser(),
): Promise<Begun> {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(String(metadata['authorization_endpoint']));
  const params = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback,
    scope: 'openid offline_access mcp:tools',
    state: 'a-state',
    resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  for (const [name, value] of Object.entries(params)) if (value !== '') url.searchParams.set(name, value);
  return { browser, page: await browser.open(url), verifier };
}

export function ask(found: Found, form: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(String(found.metadata['token_endpoint']), {
    method: 'POST',
    body: new URLSearchParams({ client_id: found.clientId, ...form }),
  });
}

/** @param end where the browser ended: at the program's callback. Throws where there is no code, or it is not good. */
export async function redeem(found: Found, end: WebPage, verifier: string): Promise<Tokens> {
  const answer = await ask(found, {
    grant_type: 'authorization_code',
    code: end.url.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: callback,
  });
  if (answer.status !== 200) throw new Error(await answer.text());
  return (await answer.json()) as Tokens;
}
