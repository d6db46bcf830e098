/** Stops 5 and 4 of the core: what is configured, the credentials for it, and the way there. */
import { containerName } from '../../shared/container.ts';
import type { NetworkSettings } from '../../shared/settings.ts';
import { createRegistry } from '../containers/registry.ts';
import { unlessInvalid } from './unless-invalid.ts';
import type { AuditLog } from '../control/audit-log.ts';
import { createBroker } from '../credentials/create-broker.ts';
import { createDiscovery } from '../credentials/discovery/create-discovery.ts';
import { createGuardedFetches } from '../credentials/discovery/guarded-fetches.ts';
import { openVault } from '../credentials/open-vault.ts';
import { createAccount } from '../platform/account.ts';
import { createPlatformClient } from '../platform/client.ts';
import { createPlatformHomes } from '../platform/homes.ts';
import { createLiveContainers } from '../platform/live-containers.ts';
import { createRowCache } from '../platform/row-cache.ts';
import { systemClock } from '../runtime/clock.ts';
import { createGuardedClient } from '../upstream/network/guarded-client.ts';
import { createHttpClient } from '../upstream/network/http-client.ts';
import { createNetworkEnvironment } from '../upstream/network/network-environment.ts';
import { createUpstreamPool } from '../upstream/upstream-pool.ts';
import type { Ground } from './ground.ts';

export function openUpstream({ env, paths, logger, scope }: Ground, audit: Pick<AuditLog, 'append'>) {
  const vault = openVault({ env, home: paths.home });
  const registry = createRegistry({ paths });
  let network: NetworkSettings = {};
  const way = createNetworkEnvironment(
    env,
    () => (network = unlessInvalid(() => registry.network(), network)),
  );
  const guarded = createGuardedFetches((container, admit) =>
    createGuardedClient({
      container,
      // One that is used by URL is named by that.
      certificate: broker.certificate({
        container,
        configured: containerName.safeParse(container.name).success,
      }),
      ...{ env: way, admit, log: logger.with({ container: container.name }) },
    }),
  );
  scope.defer(() => guarded.close());
  const { fetch } = guarded;
  const homes = createPlatformHomes({ kept: registry, env });
  let signIns = 0;
  const broker = createBroker({
    vault,
    oauth: {
      discovery: createDiscovery({ fetch, clock: systemClock }),
      fetch,
      metadataDocument: undefined,
      clock: systemClock,
      logger,
      env,
      print: (line) => void process.stderr.write(`fairlead: ${line}\n`),
      platform: homes,
      audit: (event) => {
        if (event.kind === 'sign_in' && event.outcome === 'ok') signIns += 1;
        audit.append(event);
      },
    },
    issue: ({ issuer, containerId, csr }) => client.certificate(issuer, containerId, csr),
  });
  scope.defer(() => broker.close());
  const pool = createUpstreamPool({ env: way, broker, logger });
  scope.defer(() => pool.close());
  const web = createHttpClient({ tls: {}, env: way, log: logger });
  scope.defer(() => web.close());
  const client = createPlatformClient({ send: broker.platform.authenticated(web.send) });
  const account = createAccount({ broker, client, homes, clock: systemClock });
  const cache = createRowCache(paths.platform);
  const live = createLiveContainers({ broker, client, cache, clock: systemClock, logger });
  scope.defer(() => live.close());
  const reconnect = async () => {
    // First those that tokens are renewed by.
    for (const each of [guarded, web, live]) each.reconnect();
    await pool.reconnect();
  };
  return { vault, registry, broker, pool, account, client, live, reconnect, way, signIns: () => signIns };
}
