/** How the connections of a container end: to be made anew by its settings as they are now, or for good. */
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { OpenSessions } from '../session/open-sessions.ts';
import type { UpstreamPool } from '../upstream/upstream-pool.ts';

export interface ContainerEnds {
  /** Its clients come back by its settings as they are now. */
  renew(container: Container): Promise<void>;
  /** @param reason what its clients are told; default: that it was removed from Fairlead */
  retire(container: Container, reason?: FairleadError): Promise<void>;
}

export function createContainerEnds({
  sessions,
  pool,
}: {
  sessions: Pick<OpenSessions, 'close'> & { forget(container: string): void };
  pool: Pick<UpstreamPool, 'retire'>;
}): ContainerEnds {
  const end = async (name: string, reason: FairleadError) => {
    // Clients come back while their sessions still end in due form: by connections that stay.
    const endConnections = pool.retire(name);
    try {
      await sessions.close((container) => container === name, reason);
    } finally {
      await endConnections();
    }
  };
  return {
    renew: ({ name }) =>
      end(
        name,
        new FairleadError('connection_lost', `The settings of the container "${name}" were changed.`),
      ),
    async retire({ name }, reason = removed(name)) {
      await end(name, reason);
      sessions.forget(name);
    },
  };
}

function removed(name: string): FairleadError {
  return new FairleadError('container_unknown', `The container "${name}" was removed from Fairlead.`);
}
