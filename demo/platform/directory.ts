/** Which container a token is asked for: what was registered, or what the gateway leads to. */
import { gatewayEndpoint } from '../../shared/platform-api.ts';
import type { Containers } from './containers/containers.ts';
import type { ContainerDirectory } from './resources.ts';

export function createDirectory(containers: Containers, issuer: string): ContainerDirectory {
  return {
    async byEndpoint(endpoint, userId) {
      const hostedId = /\/c\/([a-z0-9_-]+)\/mcp$/.exec(endpoint)?.[1];
      const row =
        hostedId !== undefined && endpoint === gatewayEndpoint(issuer, hostedId)
          ? await containers.find(hostedId)
          : await containers.byEndpoint(endpoint, userId);
      return row && { id: row.id, userId: row.user_id };
    },
  };
}
