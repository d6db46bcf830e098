/** Who is calling, as far as the guard could tell: what every later stage and every tool knows of them. */
import type { AuthInfo } from '@modelcontextprotocol/server';
import { z } from 'zod';

const caller = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('local') }),
  z.object({ mode: z.literal('token'), token: z.string() }),
  z.object({ mode: z.literal('platform'), userId: z.string(), scopes: z.array(z.string()) }),
  z.object({ mode: z.enum(['mtls', 'certificate']), userId: z.string() }),
  z.object({
    mode: z.enum(['external', 'oauth']),
    userId: z.string(),
    tenantId: z.string(),
    permissions: z.array(z.string()),
  }),
]);
/** `token` is the token's name in config.yaml, never its secret; `userId` is the platform's. */
export type Caller = z.infer<typeof caller>;

/** The caller in the form the SDK hands on to tools. The credential itself goes no further than the guard. */
export function authInfoOf(known: Caller): AuthInfo {
  const scopes = scopesOf(known);
  return { token: '', clientId: nameOf(known), scopes, extra: { caller: known } };
}

function scopesOf(known: Caller): string[] {
  if ('permissions' in known) return known.permissions;
  return known.mode === 'platform' ? known.scopes : [];
}

function nameOf(known: Caller): string {
  switch (known.mode) {
    case 'local':
      return known.mode;
    case 'token':
      return known.token;
    case 'platform':
    case 'mtls':
    case 'certificate':
    case 'external':
    case 'oauth':
      return known.userId;
  }
}

/** The caller that `authInfoOf` put in. Throws where a request came past the guard. */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  return caller.parse(authInfo?.extra?.['caller']);
}

export function isSameCaller(one: Caller, other: Caller): boolean {
  return one.mode === other.mode && nameOf(one) === nameOf(other);
}

/** Whose things are kept apart from everybody else's. */
export interface Owner {
  readonly tenantId: string;
  readonly userId: string;
}

/** @returns nothing where all who may come in are one person, or share one key */
export function ownerOf(known: Caller): Owner | undefined {
  if ('tenantId' in known) return { tenantId: known.tenantId, userId: known.userId };
  return known.mode === 'mtls' ? { tenantId: known.userId, userId: known.userId } : undefined;
}

/** @returns for one person's container its mode: whoever comes in there shares it */
export function tenantIdOf(known: Caller): string {
  return ownerOf(known)?.tenantId ?? known.mode;
}
