/** The guard at the door: no request goes on, nor is its body read, before its verdict. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Caller } from './caller.ts';
import type { Verdict, Verifier } from './verifier.ts';

export interface GuardedEnv {
  Variables: { caller: Caller };
}

export function guarded(verifier: Verifier): MiddlewareHandler<GuardedEnv> {
  return async (context, next) => {
    const verdict = await verifier.verify(context.req.header('authorization'));
    if (!verdict.admitted) return refuse(context, verdict.reason);
    context.set('caller', verdict.caller);
    return next();
  };
}

type Refusal = Extract<Verdict, { admitted: false }>['reason'];

/** RFC 6750 §3.1: an error code only where a credential was sent; nothing tells an unknown from a revoked one. */
function refuse(context: Context, reason: Refusal): Response {
  const description =
    reason === 'missing' ? 'A Bearer token is needed.' : 'The token is not one of this container.';
  const error = `error="invalid_token", error_description="${description}"`;
  const challenge = reason === 'missing' ? 'Bearer realm="container"' : `Bearer realm="container", ${error}`;
  return context.json({ error: 'invalid_token', error_description: description }, 401, {
    'WWW-Authenticate': challenge,
  });
}
