/** A server on loopback that answers as Google does of its tokens: keys, tokeninfo and userinfo. Auth0's keys are here too. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { onTestFinished } from 'vitest';
import { startWebServer } from './web-server.ts';

export interface GooglePerson {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean | 'true' | 'false';
}

export interface GoogleDouble {
  readonly origin: string;
  /** An ID token, or any other JWT with its signature. A claim that is `undefined` is left out. */
  idToken(claims?: JWTPayload): Promise<string>;
  accessToken(person: GooglePerson, app?: string): string;
  revoke(token: string): void;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** Answers with this, whatever is asked. */
  status: number | undefined;
}

export const googleClient = 'desk.apps.googleusercontent.com';

/** What a container's config.yaml says so that it asks the double in place of Google. */
export function googleSettings({ origin }: Pick<GoogleDouble, 'origin'>) {
  return {
    client_id: googleClient,
    issuer: origin,
    jwks_url: `${origin}/certs`,
    tokeninfo_url: `${origin}/tokeninfo`,
    userinfo_url: `${origin}/userinfo`,
  };
}

export async function startGoogleDouble(): Promise<GoogleDouble> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig', kid: 'google' };
  const tokens = new Map<string, { person: GooglePerson; app: string }>();
  const inAnHour = () => Math.floor(Date.now() / 1_000) + 3_600;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const { pathname } = new URL(request.url ?? '', double.origin);
    double.asked.push(pathname);
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (double.status !== undefined) return reply(double.status, {});
    switch (pathname) {
      case '/certs':
      case '/.well-known/jwks.json':
        return reply(200, { keys: [jwk] });
      case '/tokeninfo': {
        const found = tokens.get(new URLSearchParams(await text(request)).get('access_token') ?? '');
        if (found === undefined) return reply(400, { error: 'invalid_token' });
        // Text, as Google writes it here.
        return reply(200, { aud: found.app, azp: found.app, sub: found.person.sub, exp: String(inAnHour()) });
      }
      case '/userinfo': {
        const found = tokens.get(request.headers.authorization?.split(' ')[1] ?? '');
        return found === undefined ? reply(401, { error: 'invalid_request' }) : reply(200, found.person);
      }
      default:
        return reply(404, {});
    }
  };
  const web = await startWebServer((request, response) => void serve(request, response));
  onTestFinished(() => web[Symbol.asyncDispose]());

  const double: GoogleDouble = {
    origin: web.url.origin,
    asked: [],
    status: undefined,
    idToken: (claims = {}) =>
      new SignJWT({
        iss: web.url.origin,
        aud: googleClient,
        sub: '123456789',
        email: 'maya@mycompany.com',
        email_verified: true,
        iat: inAnHour() - 3_600,
        exp: inAnHour(),
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'google', typ: 'JWT' })
        .sign(privateKey),
    accessToken(person, app = googleClient) {
      const fresh = `ya29.${randomUUID()}`;
      tokens.set(fresh, { person, app });
      return fresh;
    },
    revoke: (token) => void tokens.delete(token),
  };
  return double;
}
