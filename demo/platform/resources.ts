/** What a token can be for (RFC 8707): the platform's own API, or one container. */
import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import { jwtsFor } from '../authorization/native-programs.ts';
import { isLoopback } from '../../shared/loopback.ts';

export const resourceScopes = ['mcp:tools', 'mcp:resources', 'data:read'] as const;

interface ReachableContainer {
  readonly id: string;
  readonly userId: string;
}

export interface ContainerDirectory {
  /** The container that is reached there: the user's own, where several people registered one and the same server. */
  byEndpoint(endpoint: string, userId: string): Promise<ReachableContainer | undefined>;
}

/** Throws InvalidTarget for what no container can be reached by. */
export function describeResource(resource: string, accessTokenSeconds: number): ResourceServer {
  const url = URL.canParse(resource) ? new URL(resource) : undefined;
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !isSecure || url.username !== '' || url.password !== '') {
    throw new errors.InvalidTarget('resource must be an https URL');
  }
  return jwtsFor(resource, { scopes: resourceScopes, seconds: accessTokenSeconds });
}

/** Throws InvalidTarget where the container is another user's. A container we do not know is its owner's to guard. */
export async function containerFor(
  directory: ContainerDirectory,
  { resource, userId }: { resource: string; userId: string },
): Promise<ReachableContainer | undefined> {
  const container = await directory.byEndpoint(resource, userId);
  if (container !== undefined && container.userId !== userId) {
    throw new errors.InvalidTarget('resource is not available to this user');
  }
  return container;
}

/**
 * Before a refresh token is used up: whoever signed in to the platform itself may have a token for any of their
 * containers, also one that came later. A sign-in to a single container stays with that container.
 * Throws InvalidTarget, and the refresh token can still be used.
 */
export async function extendToContainer(
  context: KoaContextWithOIDC,
  { api, directory }: { api: string; directory: ContainerDirectory },
): Promise<void> {
  const { RefreshToken: refreshToken, Grant: grant } = context.oidc.entities;
  const resource = context.oidc.params?.['resource'];
  if (refreshToken === undefined || grant === undefined || resource === undefined) return;
  if (typeof resource !== 'string') throw new errors.InvalidTarget('only one resource can be asked for');

  const held = [refreshToken.resource ?? []].flat();
  if (!held.includes(resource) && !held.includes(api)) throw new errors.InvalidTarget();
  describeResource(resource, 1);
  await containerFor(directory, { resource, userId: refreshToken.accountId });
  if (held.includes(resource)) return;

  refreshToken.resource = [...held, resource];
  grant.addResourceScope(resource, grant.getResourceScope(api));
  await grant.save();
}
