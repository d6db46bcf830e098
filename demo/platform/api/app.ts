/** The platform's own API (docs/platform-api.md): for its users, with tokens whose audience is the platform. */
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { errorReport } from '../../../shared/errors.ts';
import type { PlatformUser } from '../../../shared/platform.ts';
import type { ReadAccessToken } from '../../tokens/access-token.ts';
import type { Accounts } from '../accounts.ts';
import type { Audit } from '../audit.ts';
import type { Authority } from '../authority/authority.ts';
import type { Containers } from '../containers/containers.ts';
import type { ContainerEvents } from '../containers/events.ts';
import type { Hosting } from '../hosting/hosting.ts';
import type { ApiTokens } from '../tokens/api-tokens.ts';
import { apiPath, authenticated, type ApiApp, type ApiEnv } from './authenticate.ts';
import { addCertificates } from './certificates.ts';
import { addContainers } from './containers.ts';
import { addEvents } from './events.ts';
import { problem } from './problem.ts';
import { addTokens } from './tokens.ts';

export interface ApiDeps {
  readonly issuer: string;
  readonly accounts: Accounts;
  readonly containers: Containers;
  readonly events: ContainerEvents;
  readonly hosting: Hosting;
  readonly authority: Authority;
  readonly tokens: ApiTokens;
  /** Reads tokens whose audience is the API. */
  readonly read: ReadAccessToken;
  readonly certificateSeconds: number;
  readonly heartbeatMs: number;
  readonly audit: Audit;
  readonly report: (thrown: unknown) => void;
}

export function createApi(deps: ApiDeps): ApiApp {
  const app: ApiApp = new Hono<ApiEnv>();
  app.use(async (context, next) => {
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
    await next();
  });
  app.use(authenticated(deps));

  app.get('/me', (context) => {
    const { id, email, planTier } = context.get('account');
    return context.json({ id, email, plan_tier: planTier } satisfies PlatformUser);
  });
  addContainers(app, deps);
  addCertificates(app, deps);
  addEvents(app, deps);
  addTokens(app, deps);

  app.all('*', (context) => problem(context, 404, 'There is nothing at this address.'));
  app.onError((thrown, context) => {
    if (thrown instanceof HTTPException) return thrown.getResponse();
    deps.report(thrown);
    return problem(context, 500, errorReport(thrown).message);
  });
  const root = new Hono<ApiEnv>();
  root.route(apiPath, app);
  return root;
}
