/** The other side of the control API: what the command line and the desktop call the core with. */
import type { Buffer } from 'node:buffer';
import {
  commands,
  controlReply,
  events,
  type CommandInput,
  type CommandName,
  type CommandOutput,
  type ControlReply,
  type ControlRequest,
  type EventName,
  type EventOf,
} from '../../shared/control.ts';
import { FairleadError, reportedError, type ErrorReport } from '../../shared/errors.ts';
import type { Connection } from '../socket/connection.ts';
import { frameTypes } from '../socket/frames.ts';

export type EventHandlers = { readonly [N in EventName]?: (value: EventOf<N>) => void };

export interface ControlClient {
  /** Throws the core's FairleadError, or core_lost when the connection ends first. */
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /** Each event that has a handler here is sent from now on. To be called once. */
  subscribe(handlers: EventHandlers): void;
  /** Resolves once the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

interface Waiting {
  readonly name: CommandName;
  resolve(output: unknown): void;
  reject(error: FairleadError): void;
}

/** @param connection joined as `control`; nobody else may listen to it */
export function createControlClient(connection: Connection): ControlClient {
  const waiting = new Map<number, Waiting>();
  let handlers: EventHandlers = {};
  let lastId = 0;
  let lost = false;
  let tellClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });

  const take = (reply: ControlReply) => {
    if (reply.type === 'event') {
      deliver(handlers, reply.name, reply.value);
      return;
    }
    const command = waiting.get(reply.id);
    if (command === undefined) return;
    waiting.delete(reply.id);
    if (reply.type === 'error') {
      command.reject(reportedError(reply.error as ErrorReport));
      return;
    }
    const output = commands[command.name].output.safeParse(reply.output);
    if (output.success) command.resolve(output.data);
    else command.reject(otherVersion(output.error));
  };

  connection.listen({
    frame({ type, payload }) {
      const reply = type === frameTypes.control ? readReply(payload) : undefined;
      if (reply !== undefined) take(reply);
    },
    drained: () => undefined,
    closed() {
      lost = true;
      for (const command of waiting.values()) command.reject(coreLost());
      waiting.clear();
      tellClosed();
    },
  });

  return {
    call<N extends CommandName>(name: N, input: CommandInput<N>) {
      return new Promise<CommandOutput<N>>((resolve, reject) => {
        if (lost) {
          reject(coreLost());
          return;
        }
        lastId += 1;
        waiting.set(lastId, { name, resolve: (output) => resolve(output as CommandOutput<N>), reject });
        send(connection, { type: 'command', id: lastId, name, input });
      });
    },
    subscribe(wanted) {
      handlers = wanted;
      send(connection, { type: 'subscribe', events: Object.keys(wanted) });
    },
    closed,
    close: () => connection.close(),
  };
}

function send(connection: Connection, request: ControlRequest): void {
  connection.sendJson(frameTypes.control, request);
}

function readReply(payload: Buffer): ControlReply | undefined {
  try {
    return controlReply.safeParse(JSON.parse(payload.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function deliver(handlers: EventHandlers, name: string, value: unknown): void {
  if (!Object.hasOwn(events, name)) return;
  const known = name as EventName;
  const parsed = events[known].safeParse(value);
  const handler = handlers[known] as ((value: unknown) => void) | undefined;
  if (parsed.success) handler?.(parsed.data);
}

function coreLost(): FairleadError {
  return new FairleadError('core_lost', "Fairlead's core has ended before it answered.", {
    help: 'Try again; `fairlead logs` says why it ended.',
  });
}

function otherVersion(cause: unknown): FairleadError {
  return new FairleadError('internal', "Fairlead's core answered in a way that this version does not know.", {
    help: 'It may be of another version: end it with `fairlead stop` and try again.',
    cause,
  });
}
