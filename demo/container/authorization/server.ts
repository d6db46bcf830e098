/** The container's own authorization server: whoever signs in there gets tokens for this container, and no other. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTVerifyGetKey } from 'jose';
import Provider from 'oidc-provider';
import { expiredPage } from '../../authorization/interactions.ts';
import { pageAnswer } from '../../authorization/pages/page.ts';
import { createSeals, type Seals } from '../../authorization/seals.ts';
import type { OAuthMode } from './config.ts';
import { createConfiguration } from './configuration.ts';
import { createInteractions, type SignIn } from './interactions.ts';
import { createPeople, readPasswords, secretOf, type People } from './people.ts';
import { site } from './site.ts';
import { createUpstream } from './upstream.ts';

export interface AuthorizationServer {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  readonly people: People;
  /** Everything that is not MCP. */
  readonly handle: RequestListener;
}

/** @param endpoints of the container as callers name them; the issuer is their origin. Throws `config_invalid`. */
export async function createAuthorizationServer(
  { sign_in: settings }: OAuthMode,
  endpoints: readonly string[],
  report: (thrown: unknown) => void,
): Promise<AuthorizationServer> {
  const issuer = new URL(endpoints[0] ?? '').origin;
  const seals = createSeals(randomBytes(32).toString('base64url'));
  const signIn = createSignIn(settings, { issuer, seals });
  const people = createPeople('passwords' in signIn ? signIn.passwords.people : []);

  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const about = { alg: 'ES256', use: 'sig', kid: crypto.randomUUID() };
  const publicJwk = { ...(await exportJWK(publicKey)), ...about };
  const keys = [{ ...(await exportJWK(privateKey)), ...about }];

  const provider = new Provider(issuer, {
    ...createConfiguration({ people, keys, endpoints }),
    async renderError(context) {
      const { body, headers } = await pageAnswer(expiredPage, { site });
      context.set(headers);
      context.body = body;
    },
  });
  // Behind a proxy that ends TLS, or at its end ourselves: cookies are `secure` where the issuer is.
  provider.proxy = issuer.startsWith('https:');
  provider.on('server_error', (_context, thrown) => report(thrown));
  const pages = getRequestListener(createInteractions({ provider, people, signIn, seals, report }).fetch, {
    overrideGlobalObjects: false,
  });
  const protocol = provider.callback();
  const { host } = new URL(issuer);

  return {
    issuer,
    keys: createLocalJWKSet({ keys: [publicJwk] }),
    people,
    handle(request, response) {
      response.setHeader('X-Content-Type-Options', 'nosniff');
      // Of what a proxy says of a request only that it came by TLS is taken.
      delete request.headers['x-forwarded-host'];
      // DNS rebinding: another site's name may lead here, but then it is that name that the browser sends.
      if (request.headers.host !== host) response.writeHead(421).end();
      else if (/^\/(interaction\/|callback(\?|$))/.test(request.url ?? '')) void pages(request, response);
      else void protocol(request, response);
    },
  };
}

function createSignIn(
  settings: OAuthMode['sign_in'],
  { issuer, seals }: { issuer: string; seals: Seals },
): SignIn {
  if ('users' in settings) return { passwords: readPasswords(settings.users, process.env) };
  const { github } = settings;
  const clientSecret = secretOf(github.client_secret_env, process.env);
  const redirectUri = new URL('/callback', issuer).href;
  return { upstream: createUpstream(github, { clientSecret, redirectUri, seals }) };
}
