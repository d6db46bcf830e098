/** The trip to GitHub and back: where the browser is sent, and who comes back with the code. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fetchJson } from '../../tokens/fetch-json.ts';
import { createGitHub } from '../guard/external/github.ts';
import type { UpstreamSettings } from './config.ts';
import type { Person } from './people.ts';
import type { Seals } from '../../authorization/seals.ts';

export interface Upstream {
  /** @param uid of the sign-in that this is part of */
  authorizeUrl(uid: string): URL;
  /** @returns nothing for a code that is not good. Throws `connect_failed` where GitHub cannot say. */
  personOf(uid: string, code: string): Promise<Person | undefined>;
}

const scope = 'read:user user:email';
const granted = z.object({ access_token: z.string().min(1) });

export function createUpstream(
  settings: UpstreamSettings,
  deps: { clientSecret: string; redirectUri: string; seals: Seals },
): Upstream {
  const { clientSecret, redirectUri, seals } = deps;
  const { client_id: clientId } = settings;
  const github = createGitHub(
    { api_url: settings.api_url, issuer: settings.authorize_url, client_id: clientId },
    clientSecret,
  );
  // PKCE (RFC 7636): a code that is stolen on its way back is worth nothing without what only we can derive.
  const verifierOf = (uid: string) => seals.make('verifier', uid);

  return {
    authorizeUrl(uid) {
      const url = new URL(settings.authorize_url);
      const challenge = createHash('sha256').update(verifierOf(uid)).digest('base64url');
      for (const [name, value] of Object.entries({
        client_id: clientId,
        redirect_uri: redirectUri,
        scope,
        state: `${uid}.${seals.make('state', uid)}`,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }))
        url.searchParams.set(name, value);
      return url;
    },
    async personOf(uid, code) {
      const { body } = await fetchJson(new URL(settings.token_url), {
        method: 'POST',
        body: new URLSearchParams({
          client_id: clientId,
          client_secret: clientSecret,
          code,
          redirect_uri: redirectUri,
          code_verifier: verifierOf(uid),
        }),
      });
      // GitHub tells errors with status 200.
      const token = granted.safeParse(body);
      if (!token.success) return undefined;
      const identity = await github.identify(token.data.access_token);
      return identity && { id: identity.userId, verifiedEmail: identity.verifiedEmail };
    },
  };
}
