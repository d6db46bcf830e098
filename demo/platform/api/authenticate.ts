/** Who calls the API: a signed-in user's program, or an API token that may only look. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { ReadAccessToken } from '../../tokens/access-token.ts';
import { readCredential } from '../../tokens/credential.ts';
import type { Account, Accounts } from '../accounts.ts';
import { isApiToken, type ApiTokens } from '../tokens/api-tokens.ts';
import { problem } from './problem.ts';

export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: {
    account: Account;
    /** Whether the credential would still be taken: a stream outlives the request that opened it. */
    stillAdmitted: () => Promise<boolean>;
  };
}

/** Below the issuer; every route of the API is told without it. */
export const apiPath = '/api/v1';
export type ApiApp = Hono<ApiEnv>;

/** What an API token with data:read may ask for; the rest is for those who signed in. */
const readable = /\/api\/v1\/(me|containers|events)$/;

export function authenticated(deps: {
  issuer: string;
  accounts: Accounts;
  tokens: ApiTokens;
  read: ReadAccessToken;
}): MiddlewareHandler<ApiEnv> {
  const { issuer, accounts, tokens } = deps;

  return async (context, next) => {
    const { method, path } = context.req;
    const authorization = context.req.header('authorization');
    const credential = readCredential(authorization);
    if (credential?.scheme === 'bearer' && isApiToken(credential.value)) {
      const token = await tokens.find(credential.value);
      if (token === undefined) return unauthorized(context, 'invalid');
      if (method !== 'GET' || !readable.test(path) || !token.scopes.includes('data:read'))
        return problem(context, 403, 'This API token does not allow that. Sign in for it.');
      context.set('stillAdmitted', async () => (await tokens.find(credential.value)) !== undefined);
      return admit(context, token.userId, next);
    }

    const proof = context.req.header('dpop');
    const token = await deps.read({ method, authorization, proof }, new URL(path, issuer).href);
    if ('refused' in token) return unauthorized(context, token.refused);
    const { sub = '', exp = 0 } = token.claims;
    context.set('stillAdmitted', () => Promise.resolve(exp * 1_000 > Date.now()));
    return admit(context, sub, next);
  };

  async function admit(context: Context<ApiEnv>, userId: string, next: () => Promise<void>) {
    // Who was removed keeps a token that has not run out.
    const account = await accounts.byId(userId);
    if (account === undefined) return unauthorized(context, 'invalid');
    context.set('account', account);
    return next();
  }
}

/** RFC 6750 §3.1: an error code only where a token was sent. */
function unauthorized(context: Context, reason: 'missing' | 'invalid'): Response {
  const told = reason === 'invalid' ? ', error="invalid_token"' : '';
  context.header('WWW-Authenticate', `Bearer realm="platform"${told}, DPoP algs="ES256"${told}`);
  return problem(context, 401, 'A token of this platform for its own API is needed.');
}
