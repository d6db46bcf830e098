/** The way of a request into the platform: its pages, its API, its gateway, or the protocol itself. */
import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { platformApi } from '../../shared/platform.ts';
import { createAccessTokenReader } from '../tokens/access-token.ts';
import { createApi } from './api/app.ts';
import { apiPath } from './api/authenticate.ts';
import type { Audit } from './audit.ts';
import { createConfiguration } from './config.ts';
import { createDirectory } from './directory.ts';
import { createClaimSigner } from './gateway/claim.ts';
import { createGateway } from './gateway/gateway.ts';
import { createInteractions } from './interactions/app.ts';
import { takePrefilledCode } from './interactions/device.ts';
import type { Parts } from './parts.ts';
import { createSeals } from '../authorization/seals.ts';
import { createSignInLimit } from '../authorization/sign-in-limit.ts';

export interface ServingOptions {
  readonly clients: readonly ClientMetadata[];
  readonly accessTokenSeconds: number;
  readonly certificateSeconds: number;
  readonly heartbeatMs: number;
  readonly audit: Audit;
  readonly report: (thrown: unknown) => void;
}

export interface Serving {
  readonly listener: RequestListener;
  /** The keys have changed. What is under way goes on: all that a request left behind is in the database. */
  renew(): void;
}

export function createServing(parts: Parts, options: ServingOptions): Serving {
  const { issuer, ring, keys } = parts;
  const { audit, report } = options;
  const authority = new URL(issuer).host;
  const containers = createDirectory(parts.containers, issuer);
  const limit = createSignInLimit();
  const seals = createSeals(parts.formSecret);

  /** The library takes its keys once: with new ones there is a new provider. */
  const createSignIn = () => {
    const { accounts, records, cookieSecret } = parts;
    const given = { issuer, accounts, containers, records, cookieSecret, keys: ring.current() };
    const provider = new Provider(issuer, createConfiguration({ ...given, ...options }));
    provider.use(async (context, next) => {
      takePrefilledCode(context);
      context.set({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' });
      await next();
    });
    provider.on('server_error', (_context, thrown) => report(thrown));
    const pages = createInteractions({ provider, accounts, containers, limit, seals, audit, report });
    const protocol = provider.callback();
    return {
      pages: getRequestListener(pages.fetch, { overrideGlobalObjects: false }),
      protocol: (...args: Parameters<RequestListener>) => void protocol(...args),
    };
  };

  const read = createAccessTokenReader({ keys, issuer, audience: () => platformApi(issuer) });
  const app = createApi({ ...parts, ...options, read });
  const api = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const signClaim = createClaimSigner({ keys: () => ring.current(), issuer });
  const gateway = createGateway({ ...parts, keys, signClaim, audit, report });
  let signIn = createSignIn();

  return {
    listener(request, response) {
      const { url = '' } = request;
      // DNS rebinding: another site's name may lead here, but then it is that name that the browser sends.
      if (request.headers.host !== authority) response.writeHead(421).end();
      else if (gateway(request, response)) return;
      else if (url.startsWith('/interaction/')) void signIn.pages(request, response);
      else if (url.startsWith(`${apiPath}/`)) void api(request, response);
      else signIn.protocol(request, response);
    },
    renew: () => void (signIn = createSignIn()),
  };
}
