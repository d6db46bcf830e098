/** How Fairlead reaches the network, as the control API changes it: what is opened from then on goes the new way. */
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';

type NetworkHandlers = Pick<Handlers, 'network.show' | 'network.write'>;

export function createNetworkHandlers({
  registry,
  network,
  reconnect,
}: Pick<ControlDeps, 'registry' | 'network' | 'reconnect'>): NetworkHandlers {
  return {
    'network.show': () => registry.network(),
    async 'network.write'(settings) {
      if (settings.ca !== undefined) await network.checkAuthorities(settings.ca);
      registry.setNetwork(settings);
      // Whoever set it sees at once whether a container is reached by it.
      await reconnect();
      return registry.network();
    },
  };
}
