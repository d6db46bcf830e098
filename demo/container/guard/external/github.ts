/** Tokens of GitHub, which are no JWTs: its API says whose one is. */
import { z } from 'zod';
import { FairleadError } from '../../../../shared/errors.ts';
import { fetchJson, type JsonAnswer } from '../../../tokens/fetch-json.ts';
import type { GitHubSettings } from './config.ts';
import { allPermissions, type IdentityProvider } from './provider.ts';

const user = z.object({ id: z.int().positive() });
const checkedToken = z.object({ app: z.object({ client_id: z.string() }), user });
const emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

export function isGitHubToken(token: string): boolean {
  return /^(gh[opusr]_|github_pat_)\w+$/.test(token);
}

/** @param clientSecret of the app in `settings`: with it, tokens that were made for another app are refused */
export function createGitHub(settings: GitHubSettings, clientSecret: string | undefined): IdentityProvider {
  const api = settings.api_url.replace(/\/$/, '');
  const headers = {
    accept: 'application/vnd.github+json',
    'user-agent': 'demo-container',
    'x-github-api-version': '2022-11-28',
  };
  const get = (path: string, token: string) =>
    fetchJson(new URL(`${api}${path}`), { headers: { ...headers, authorization: `Bearer ${token}` } });

  /** Any app that the person lets in could come here as them, if its token was good enough. */
  const isForApp = async (token: string, userId: number) => {
    const { client_id: clientId } = settings;
    if (clientId === undefined || clientSecret === undefined) return true;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const answer = await fetchJson(new URL(`${api}/applications/${encodeURIComponent(clientId)}/token`), {
      method: 'POST',
      headers: { ...headers, authorization: `Basic ${basic}`, 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: token }),
    });
    const checked = checkedToken.safeParse(bodyOf(answer, [404, 422]));
    return checked.success && checked.data.app.client_id === clientId && checked.data.user.id === userId;
  };

  /** The address of the profile is only a text. A token that may not see the list has no address. */
  const verifiedEmail = async (token: string) => {
    const listed = emails.safeParse(bodyOf(await get('/user/emails', token), [401, 403, 404]));
    if (!listed.success) return undefined;
    return listed.data.find(({ primary, verified }) => primary && verified)?.email;
  };

  return {
    issuer: settings.issuer,
    scope: 'read:user user:email',
    recognizes: isGitHubToken,
    async identify(token) {
      const known = user.safeParse(bodyOf(await get('/user', token), [401, 403, 404]));
      if (!known.success || !(await isForApp(token, known.data.id))) return undefined;
      return {
        userId: `github:${known.data.id}`,
        verifiedEmail: await verifiedEmail(token),
        permissions: allPermissions,
        expiresAt: undefined,
      };
    },
  };
}

/** @param refusals statuses that say the token is not good. Throws `connect_failed` where that is not known. */
function bodyOf({ status, headers, body }: JsonAnswer, refusals: readonly number[]): unknown {
  if (status === 200) return body;
  // GitHub's limits answer with 403 too.
  const isLimit = headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after');
  if (refusals.includes(status) && !isLimit) return undefined;
  throw new FairleadError('connect_failed', 'GitHub does not say whose a token is.');
}
