/** The platform's own API (docs/platform-api.md): for its users, with tokens whose audience is the platform. */
import { Hono, type Context } from 'hono';
import { createLocalJWKSet } from 'jose';
import { errorReport } from '../../../shared/errors.ts';
import { platformApi, type PlatformUser } from '../../../shared/platform.ts';
import { createAccessTokenReader } from '../../tokens/access-token.ts';
import type { Account, Accounts } from '../accounts.ts';
import { publicKeys, type SigningKeys } from '../keys.ts';
import { problem } from './problem.ts';

interface ApiEnv {
  Variables: { account: Account };
}

export const apiPath = '/api/v1';

export function createApi(deps: {
  issuer: string;
  accounts: Accounts;
  keys: SigningKeys;
  report: (thrown: unknown) => void;
}): Hono<ApiEnv> {
  const { issuer, accounts } = deps;
  const read = createAccessTokenReader({
    keys: createLocalJWKSet(publicKeys(deps.keys)),
    issuer,
    audience: () => platformApi(issuer),
  });
  const app = new Hono<ApiEnv>();

  app.use(async (context, next) => {
    context.header('Cache-Control', 'no-store');
    const { method, path } = context.req;
    const token = await read(
      { method, authorization: context.req.header('authorization'), proof: context.req.header('dpop') },
      new URL(path, issuer).href,
    );
    if ('refused' in token) return unauthorized(context, token.refused);
    // Who was removed keeps a token that has not run out.
    const account = await accounts.byId(token.claims.sub ?? '');
    if (account === undefined) return unauthorized(context, 'invalid');
    context.set('account', account);
    return next();
  });

  app.get(`${apiPath}/me`, (context) => {
    const { id, email, planTier } = context.get('account');
    return context.json({ id, email, plan_tier: planTier } satisfies PlatformUser);
  });

  app.notFound((context) => problem(context, 404, 'There is nothing at this address.'));
  app.onError((thrown, context) => {
    deps.report(thrown);
    return problem(context, 500, errorReport(thrown).message);
  });
  return app;
}

/** RFC 6750 §3.1: an error code only where a token was sent. */
function unauthorized(context: Context, reason: 'missing' | 'invalid'): Response {
  const told = reason === 'invalid' ? ', error="invalid_token"' : '';
  context.header('WWW-Authenticate', `Bearer realm="platform"${told}, DPoP algs="ES256"${told}`);
  return problem(context, 401, 'A token of this platform for its own API is needed.');
}
