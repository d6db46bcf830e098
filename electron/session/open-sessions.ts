/** Stop 3: the sessions that are open, and how those with some containers are ended. */
import type { Container } from '../../shared/container.ts';
import type { FairleadError } from '../../shared/errors.ts';
import { openSession, type Session, type SessionDeps } from './session.ts';

export interface OpenSessions {
  open(container: Container, deps: SessionDeps): Session;
  /** @param which is asked by the container's name */
  close(which: (container: string) => boolean, reason: FairleadError): Promise<void>;
  /** Ends what the clients of all of them wait for. */
  interrupt(reason: FairleadError): void;
}

export function createOpenSessions(): OpenSessions {
  const sessions = new Map<Session, string>();
  return {
    open(container, deps) {
      const { logger, observer } = deps;
      const session = openSession({
        ...deps,
        logger: logger.with({ container: container.name }),
        observer: {
          ...observer,
          closed() {
            sessions.delete(session);
            observer.closed();
          },
        },
      });
      sessions.set(session, container.name);
      return session;
    },
    interrupt(reason) {
      for (const session of sessions.keys()) session.interrupt(reason);
    },
    async close(which, reason) {
      await Promise.all(
        [...sessions].filter(([, name]) => which(name)).map(([session]) => session.close(reason)),
      );
    },
  };
}
