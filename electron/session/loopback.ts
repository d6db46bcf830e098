/** A client inside the core: a session without an endpoint, for the core's own questions to a container. */
import type { ClientChannel, ClientEvents } from './client-channel.ts';

export interface Loopback {
  /** One JSON-RPC message, without its newline. */
  write(line: Uint8Array): void;
  /** To be called once. `own`: an error of ours, not the container's. */
  onMessage(receive: (message: Uint8Array, own: boolean) => void): void;
  onClosed(closed: () => void): void;
  close(): void;
}

export function createLoopback(open: (channel: ClientChannel) => ClientEvents): Loopback {
  let receive: (message: Uint8Array, own: boolean) => void = () => undefined;
  let ended: () => void = () => undefined;
  let lastSeq = 0;
  const session = open({
    write(message, _settles, own) {
      receive(message, own);
      return true;
    },
    settle: () => undefined,
    retain: () => undefined,
    release: () => undefined,
    close: () => ended(),
  });
  return {
    write(line) {
      lastSeq += 1;
      session.line(lastSeq, line, false);
    },
    onMessage(listener) {
      receive = listener;
    },
    onClosed(listener) {
      ended = listener;
    },
    close: () => session.closed(),
  };
}
