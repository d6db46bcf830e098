/** The core's control API: takes the commands of the command line and the desktop from the socket and answers them. */
import type { Buffer } from 'node:buffer';
import {
  commands,
  controlRequest,
  type CommandName,
  type ControlReply,
  type ControlRequest,
} from '../../shared/control.ts';
import { errorReport, FairleadError } from '../../shared/errors.ts';
import { createListeners } from '../runtime/listeners.ts';
import { causeName, type Logger } from '../runtime/logger.ts';
import type { Connection } from '../socket/connection.ts';
import { frameTypes } from '../socket/frames.ts';
import type { ControlDeps } from './deps.ts';
import { createFeed, type Feed, type FeedSend } from './feed.ts';
import type { Caller, Handlers } from './handler-types.ts';
import { createHandlers, type Examinations } from './handlers.ts';

export interface Control {
  /** Serves a control client until its connection ends. */
  accept(connection: Connection): void;
}

/** Commands of one client that are under way; more are refused. */
const maxUnderWay = 64;
/** A client that has not read for this long is not coming back, and what waits for it costs memory. */
const hopelessMs = 60_000;

export function createControl(deps: ControlDeps & { readonly logger: Logger }): Control {
  const examinations: Examinations = createListeners();
  const handlers = createHandlers(deps, examinations);
  const { observatory, logs, logger } = deps;
  const feedOf = (send: FeedSend) => createFeed({ observatory, logs, examinations }, send);
  return { accept: (connection) => serve(connection, { handlers, feedOf, logger }) };
}

function serve(
  connection: Connection,
  { handlers, feedOf, logger }: { handlers: Handlers; feedOf: (send: FeedSend) => Feed; logger: Logger },
): void {
  const gone = new AbortController();
  let underWay = 0;
  let open = true;
  let hopeless: NodeJS.Timeout | undefined;

  const reply = (message: ControlReply): void => {
    if (!open || connection.sendJson(frameTypes.control, message) || hopeless !== undefined) return;
    feed.hold();
    connection.pause();
    hopeless = setTimeout(() => {
      logger.warn('control.client_stuck');
      connection.destroy();
    }, hopelessMs);
  };
  const feed = feedOf((name, value) => reply({ type: 'event', name, value }));

  const run = async (request: Extract<ControlRequest, { type: 'command' }>) => {
    const { id, name } = request;
    underWay += 1;
    const startedAt = performance.now();
    try {
      if (underWay > maxUnderWay) {
        throw new FairleadError('too_many_requests', 'Too many commands at once.', {
          help: 'Wait for some of them to end.',
        });
      }
      const output = await dispatch(handlers, {
        name,
        input: request.input,
        caller: { signal: gone.signal },
      });
      logger.debug('control.command', {
        method: name,
        outcome: 'ok',
        durationMs: performance.now() - startedAt,
      });
      reply({ type: 'result', id, output });
    } catch (thrown) {
      const error = errorReport(thrown);
      // The name may be anything that a client sent; only names of ours go into the log.
      const method = isCommand(name) ? name : 'unknown';
      const cause = causeName(thrown instanceof FairleadError ? thrown.cause : thrown);
      logger[error.code === 'internal' ? 'error' : 'debug']('control.command', {
        method,
        outcome: 'error',
        code: error.code,
        cause,
      });
      reply({ type: 'error', id, error });
    } finally {
      underWay -= 1;
    }
  };

  connection.listen({
    frame({ type, payload }) {
      const request = type === frameTypes.control ? readRequest(payload) : undefined;
      if (request === undefined) {
        // Whoever proved to know the local key and then breaks the protocol is another version, or broken.
        logger.warn('control.invalid');
        connection.destroy();
      } else if (request.type === 'subscribe') feed.subscribe(request.events);
      else void run(request);
    },
    drained() {
      clearTimeout(hopeless);
      hopeless = undefined;
      connection.resume();
      feed.resume();
    },
    closed() {
      open = false;
      gone.abort(new FairleadError('cancelled', 'Whoever asked for it has gone.'));
      clearTimeout(hopeless);
      feed.close();
    },
  });
}

function readRequest(payload: Buffer): ControlRequest | undefined {
  try {
    return controlRequest.safeParse(JSON.parse(payload.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

async function dispatch(
  handlers: Handlers,
  { name, input, caller }: { name: string; input: unknown; caller: Caller },
): Promise<unknown> {
  if (!isCommand(name)) {
    throw new FairleadError('invalid_request', 'This core does not know that command.', {
      help: 'It may be of another version: end it with `fairlead stop` and try again.',
    });
  }
  const parsed = commands[name].input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.map(String).join('.') ?? '';
    throw new FairleadError(
      'usage',
      `The input of ${name} is not valid at "${place}": ${issue?.message ?? ''}`,
      {
        cause: parsed.error,
      },
    );
  }
  // The table is typed name by name; that this name's input fits this name's handler is what it says.
  const handler = handlers[name] as (value: unknown, caller: Caller) => unknown;
  return await handler(parsed.data, caller);
}
