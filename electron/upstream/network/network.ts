/** How a container is reached, for whoever wants to look at the way itself (`fairlead doctor`). */
import type { SecureContext } from 'node:tls';
import type { Container } from '../../../shared/container.ts';
import type { ClientCertificate, TlsIdentity } from '../../credentials/broker.ts';
import { chooseProxy } from './proxy.ts';
import { createTlsContexts } from './tls.ts';

export interface Network {
  /** The proxy's address without user name and password; undefined: directly. Throws proxy_failed. */
  proxyFor(url: URL): URL | undefined;
  /** What a connection to it trusts, and the client certificate that it shows. Throws what keeps it from either. */
  tls(container: Container): Promise<{ context: SecureContext; shown: TlsIdentity | undefined }>;
}

/** @param certificateOf of a configured container */
export function createNetwork(
  env: NodeJS.ProcessEnv,
  certificateOf: (container: Container) => ClientCertificate | undefined,
): Network {
  return {
    proxyFor: (url) => chooseProxy(url, env)?.url,
    async tls(container) {
      const shown = await certificateOf(container)?.current();
      const { ca } = container.tls;
      return { context: await createTlsContexts({ ca, env, log: undefined }).all(shown), shown };
    },
  };
}
