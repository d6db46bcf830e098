/** Connections to what a server told us about: each address is judged before it is dialled. */
import type { Container } from '../../../shared/container.ts';
import type { ClientCertificate } from '../../credentials/broker.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Admit, Resolve } from './checked-lookup.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

/**
 * The container's client certificate is shown to, and its pins are demanded of, its own origin alone; its private
 * authority is trusted for the others too, as a company's issuer is usually certified by the same one.
 *
 * @param options.admit asked about all addresses of a host before the TCP connection
 */
export function createGuardedClient(options: {
  container: Container;
  certificate?: ClientCertificate | undefined;
  env: NodeJS.ProcessEnv;
  admit: Admit;
  resolve?: Resolve;
  log?: Logger;
}): Pick<HttpClient, 'send' | 'reconnect' | 'close'> {
  const { container, certificate, ...rest } = options;
  const { origin } = new URL(container.url);
  const { ca } = container.tls;
  const own = createHttpClient({ ...rest, tls: container.tls, certificate });
  const others = createHttpClient({ ...rest, tls: ca === undefined ? {} : { ca } });
  return {
    send: (request) => (request.url.origin === origin ? own : others).send(request),
    reconnect() {
      own.reconnect();
      others.reconnect();
    },
    close: async () => {
      await Promise.all([own.close(), others.close()]);
    },
  };
}
