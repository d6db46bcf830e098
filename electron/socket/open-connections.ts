/** Stop 2, the core's side: the connections that are open, and whether there has been one of late. */
import type { Connection } from './connection.ts';
import { frameTypes } from './frames.ts';

const lookMs = 60_000;

export interface OpenConnections {
  /** @returns what to use in the connection's place, so that its end is noticed */
  add(connection: Connection): Connection;
  sayGoodbye(): void;
  close(): void;
  /** Calls `then`, perhaps more than once, when there has been no connection for `idleMs`. */
  onIdle(idleMs: number, then: () => void): void;
}

export function createOpenConnections(): OpenConnections {
  const open = new Set<Connection>();
  return {
    add(connection) {
      open.add(connection);
      return {
        ...connection,
        listen(events) {
          connection.listen({
            ...events,
            closed() {
              open.delete(connection);
              events.closed();
            },
          });
        },
      };
    },
    sayGoodbye() {
      for (const connection of open) connection.send(frameTypes.goodbye, 0);
    },
    close() {
      for (const connection of open) connection.close();
    },
    onIdle(idleMs, then) {
      let idleSince = Date.now();
      setInterval(() => {
        if (open.size > 0) idleSince = Date.now();
        else if (Date.now() - idleSince > idleMs) then();
      }, lookMs).unref();
    },
  };
}
