/** A container at the far end of a loopback that answers as a test says: JSON in, JSON out. */
import type { Loopback } from '../../electron/control/trial.ts';

export interface Incoming {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

export interface ScriptedContainer extends Loopback {
  /** Everything that was sent to it. */
  readonly received: Incoming[];
  say(message: object): void;
  /** Ends the session from its side. */
  hangUp(): void;
  readonly closed: boolean;
}

export const serverInfo = { name: 'scripted', version: '1' };

/**
 * @param answer makes the answer's `result` or `error`; undefined stays silent. `initialize` and `ping` are answered by
 * themselves. With `own: true` the answer is one of the core's.
 */
export function scriptedContainer(
  answer: (message: Incoming) => object | undefined = () => undefined,
): ScriptedContainer {
  let receive: (message: Uint8Array, own: boolean) => void = () => undefined;
  let hungUp: () => void = () => undefined;
  let closed = false;
  const received: Incoming[] = [];
  const say = (message: object, own = false) =>
    receive(new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', ...message })), own);
  return {
    received,
    say,
    hangUp: () => hungUp(),
    get closed() {
      return closed;
    },
    write(line) {
      const message = JSON.parse(new TextDecoder().decode(line)) as Incoming;
      received.push(message);
      if (message.id === undefined || message.method === undefined) return;
      const begun = { result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo } };
      const usual: Record<string, object> = { initialize: begun, ping: { result: {} } };
      const made = answer(message) ?? usual[message.method];
      if (made === undefined) return;
      const { own = false, ...rest } = made as { own?: boolean };
      setImmediate(() => say({ id: message.id, ...rest }, own));
    },
    onMessage(listener) {
      receive = listener;
    },
    onClosed(listener) {
      hungUp = listener;
    },
    close() {
      closed = true;
    },
  };
}
