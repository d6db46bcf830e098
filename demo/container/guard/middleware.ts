/** The guard at the door: no request goes on, nor is its body read, before its verdict. */
import type { Context, MiddlewareHandler } from 'hono';
import { tenantIdOf, type Caller } from './caller.ts';
import { proofAlgorithms } from '../../tokens/dpop-proof.ts';
import { userClaimHeader } from '../../tokens/user-claim.ts';
import type { Guard } from './guard.ts';
import { peerCertificateOf } from './peer-certificate.ts';
import { neededScope, wellKnownPath, type ProtectedResource } from './protected-resource.ts';
import type { TenantLimit } from './tenant-limit.ts';
import type { Refusal } from './verifier.ts';

export interface GuardedEnv {
  /** What @hono/node-server hands on with each request. */
  Bindings: { readonly incoming?: { readonly socket?: unknown } };
  Variables: { caller: Caller };
}

/** @param limit for each tenant; left out, there is none */
export function guarded(guard: Guard, limit: TenantLimit | undefined): MiddlewareHandler<GuardedEnv> {
  return async (context, next) => {
    const { method, path } = context.req;
    // Before the verdict: whoever asks this has no token yet.
    if (guard.resource !== undefined && method === 'GET' && path.startsWith(wellKnownPath)) {
      const described = [guard.resource('/mcp'), guard.resource('/sse')];
      const found = described.find(({ metadataUrl }) => metadataUrl.pathname === path);
      return found === undefined ? context.notFound() : context.json(found.metadata);
    }
    const resource = guard.resource?.(path);
    const verdict = await guard.verify({
      method,
      path,
      authorization: context.req.header('authorization'),
      proof: context.req.header('dpop'),
      claim: context.req.header(userClaimHeader),
      certificate: peerCertificateOf(context.env.incoming?.socket),
    });
    if (!verdict.admitted) return refuse(context, verdict.reason, resource);
    context.set('caller', verdict.caller);
    const waitSeconds = limit?.take(tenantIdOf(verdict.caller));
    if (waitSeconds !== undefined && waitSeconds > 0) {
      return context.json({ error: 'too_many_requests' }, 429, { 'Retry-After': String(waitSeconds) });
    }
    return next();
  };
}

const descriptions: Record<Refusal, string> = {
  missing: 'A token is needed.',
  invalid: 'The token is not one of this container.',
  expired: 'The certificate of this connection is not valid any more.',
  insufficient_scope: `The token does not have the scope ${neededScope}.`,
  forbidden: 'This container is somebody else’s.',
};

function refuse(context: Context, reason: Refusal, resource: ProtectedResource | undefined): Response {
  const description = descriptions[reason];
  switch (reason) {
    case 'missing':
    case 'invalid':
      return context.json({ error: 'invalid_token', error_description: description }, 401, {
        'WWW-Authenticate': challenges(reason, resource),
      });
    case 'insufficient_scope':
      return context.json({ error: reason, error_description: description }, 403, {
        'WWW-Authenticate': challenges(reason, resource),
      });
    case 'expired':
      // The next connection can show another.
      return context.json({ error: reason, error_description: description }, 403, { Connection: 'close' });
    case 'forbidden':
      // Without a challenge: no other token of this person would do.
      return context.json({ error: 'access_denied', error_description: description }, 403);
  }
}

/** RFC 6750 §3.1: an error code only where a credential was sent; nothing tells an unknown from a revoked one. */
function challenges(reason: Refusal, resource: ProtectedResource | undefined): string {
  const error = reason === 'invalid' ? 'invalid_token' : reason;
  const told = reason === 'missing' ? {} : { error, error_description: descriptions[reason] };
  if (resource === undefined) return challenge('Bearer', { realm: 'container', ...told });
  const where = { scope: resource.scope, resource_metadata: resource.metadataUrl.href };
  const bearer = challenge('Bearer', { realm: 'container', ...told, ...where });
  if (!resource.takesProofs) return bearer;
  return `${bearer}, ${challenge('DPoP', { algs: proofAlgorithms.join(' '), ...told, ...where })}`;
}

function challenge(scheme: string, parameters: Readonly<Record<string, string>>): string {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return `${scheme} ${list.join(', ')}`;
}
