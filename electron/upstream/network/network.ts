/** How a container is reached, for whoever wants to look at the way itself (`fairlead doctor`). */
import type { SecureContext } from 'node:tls';
import type { Container } from '../../../shared/container.ts';
import { chooseProxy } from './proxy.ts';
import { createTlsContexts } from './tls.ts';

export interface Network {
  /** The proxy's address without user name and password; undefined: directly. Throws proxy_failed. */
  proxyFor(url: URL): URL | undefined;
  /** What a connection to it trusts and shows. Throws config_invalid for a file that is of no use. */
  secureContext(container: Container): Promise<SecureContext>;
}

export function createNetwork(env: NodeJS.ProcessEnv): Network {
  return {
    proxyFor: (url) => chooseProxy(url, env)?.url,
    secureContext: ({ tls }) => createTlsContexts({ settings: tls, env, log: undefined }).all(),
  };
}
