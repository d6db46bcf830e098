/** Stop 4 over HTTP+SSE (MCP 2024-11-05): messages go out by POST, and all that comes back comes on one stream. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { userAgent } from '../../runtime/version.ts';
import { mediaType, newCursor, readEvents } from './body.ts';
import type { Conversation, Reached } from '../conversation.ts';
import { createFlow } from './flow.ts';
import { post } from './post.ts';
import { HttpRefused } from './refusal.ts';
import { protocolVersionOf } from './remote-session.ts';
import type { ConversationDeps } from './streamable-http.ts';

/** How long a container may take to say where messages go. */
const endpointMs = 10_000;
/** For everything that a lost session takes to begin anew. */
const renewalMs = 60_000;

export interface LegacyConversation extends Conversation {
  /** Opens the stream. @throws FairleadError when the container does not speak this transport */
  open(): Promise<void>;
  /** Begins the remote session anew from what stands, unless there is one. @throws FairleadError */
  begin(): Promise<void>;
}

interface Stream {
  readonly postUrl: URL;
  readonly controller: AbortController;
  /** An `initialize` was sent on it. */
  greeted: boolean;
}

interface Pending {
  /** The client had its answer long ago: this one is for us. */
  readonly quiet: boolean;
  readonly greeting: boolean;
  resolve(answer: Message): void;
  reject(error: unknown): void;
}

export function createLegacyConversation(deps: ConversationDeps): LegacyConversation {
  const { url, send, events, standing } = deps;
  const flow = createFlow();
  const pending = new Map<string, Pending>();
  let stream: Promise<Stream> | undefined;
  let current: Stream | undefined;
  let protocolVersion: string | undefined;
  const lifetime = new AbortController();
  /** The answer to a POST is not the one that the client waits for. */
  const reached: Reached = (request, stage) => {
    if (stage !== 'first_byte') events.reached?.(request, stage);
  };

  const receive = (message: Message) => {
    const waiting = message.kind === 'response' ? pending.get(message.idKey ?? '') : undefined;
    if (waiting === undefined) {
      events.receive(message);
      return;
    }
    pending.delete(message.idKey ?? '');
    if (waiting.greeting && !message.failed) protocolVersion = protocolVersionOf(message);
    if (!waiting.quiet) events.receive(message);
    waiting.resolve(message);
  };

  /** With the stream the remote session is gone, and with it every answer that was still to come. */
  const lose = (lost: AbortController) => {
    lost.abort();
    if (current?.controller !== lost) return;
    stream = undefined;
    current = undefined;
    const error = new FairleadError(
      'connection_lost',
      "The container's stream ended before the answer came.",
      {
        help: 'The call may or may not have run.',
      },
    );
    for (const waiting of pending.values()) waiting.reject(error);
    pending.clear();
  };

  const connect = async (): Promise<Stream> => {
    const controller = new AbortController();
    const end = () => controller.abort(lifetime.signal.reason);
    lifetime.signal.addEventListener('abort', end);
    const timer = setTimeout(() => {
      controller.abort(
        new FairleadError('timed_out', 'The container did not say where messages go (HTTP+SSE).'),
      );
    }, endpointMs);
    try {
      const headers = { accept: 'text/event-stream', 'user-agent': userAgent };
      const response = await send({ method: 'GET', url, headers, signal: controller.signal, lane: 'stream' });
      if (response.status !== 200 || mediaType(response) !== 'text/event-stream') {
        response.discard();
        throw response.status === 200 ? notMcp() : new HttpRefused(response.status);
      }
      const postUrl = await new Promise<URL>((resolve, reject) => {
        const reading = readEvents(response, flow, {
          cursor: newCursor(),
          receive,
          other({ type, data }) {
            if (type === 'endpoint') resolve(ownUrl(data.toString('utf8')));
          },
        });
        const ended = (reason: Error) => {
          reject(reason);
          lifetime.signal.removeEventListener('abort', end);
          lose(controller);
        };
        void reading.then(() => ended(notMcp()), ended);
      });
      current = { postUrl, controller, greeted: false };
      return current;
    } catch (thrown) {
      controller.abort();
      throw thrown;
    } finally {
      clearTimeout(timer);
    }
  };

  /** A container that sends the credential's requests to another host is after the credential. */
  const ownUrl = (text: string): URL => {
    const target = URL.canParse(text, url.href) ? new URL(text, url) : undefined;
    if (target?.origin === url.origin) return target;
    throw new FairleadError(
      'protocol_violation',
      'The container wants messages sent to another server; refused.',
    );
  };

  const openStream = async (): Promise<Stream> => {
    lifetime.signal.throwIfAborted();
    const opening = (stream ??= connect());
    try {
      return await opening;
    } catch (thrown) {
      if (stream === opening) stream = undefined;
      throw thrown;
    }
  };

  const postOn = async ({ postUrl }: Stream, message: Message, signal: AbortSignal) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': userAgent,
    };
    const response = await post(message, { send, url: postUrl, headers, signal, reached });
    response.discard();
    if (response.status < 200 || response.status > 299) throw new HttpRefused(response.status);
  };

  /** Sends a message. @returns the answer to a request */
  const exchange = async (
    on: Stream,
    message: Message,
    terms: { signal: AbortSignal; quiet: boolean },
  ): Promise<Message | undefined> => {
    const { signal, quiet } = terms;
    const key = message.kind === 'request' ? message.idKey : undefined;
    if (key === undefined) {
      await postOn(on, message, signal);
      return undefined;
    }
    const greeting = message.method === 'initialize';
    if (greeting) on.greeted = true;
    let waiting: Pending | undefined;
    let stop: () => void = () => undefined;
    const answered = new Promise<Message>((resolve, reject) => {
      waiting = { quiet, greeting, resolve, reject };
      pending.set(key, waiting);
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop);
    });
    try {
      const [answer] = await Promise.all([answered, postOn(on, message, signal)]);
      return answer;
    } finally {
      signal.removeEventListener('abort', stop);
      if (pending.get(key) === waiting) pending.delete(key);
    }
  };

  /** What the client set up holds for one stream; on a new one it is said again, without the client. */
  const beginAnew = async (): Promise<void> => {
    const on = await openStream();
    const { initialize } = standing();
    if (initialize === undefined) return;
    const signal = AbortSignal.any([on.controller.signal, AbortSignal.timeout(renewalMs)]);
    const quietly = (request: Message) => exchange(on, request, { signal, quiet: true });
    try {
      const answer = await quietly(initialize);
      // Before the container can have asked anything in it.
      if (answer !== undefined) events.renewed(answer);
      const { initialized } = standing();
      if (initialized !== undefined) await postOn(on, initialized, signal);
      // Read only now: at a new core they come in behind the greeting.
      for (const request of standing().requests) await quietly(request).catch(() => undefined);
    } catch (thrown) {
      lose(on.controller);
      throw thrown;
    }
  };

  let renewing: Promise<void> | undefined;
  const renew = (): Promise<void> => {
    renewing ??= beginAnew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  const isLost = () => current?.greeted !== true && standing().initialize !== undefined;
  const ready = async (message: Message | undefined): Promise<Stream> => {
    if (renewing !== undefined || (message?.method !== 'initialize' && isLost())) await renew();
    return openStream();
  };

  return {
    async open() {
      await openStream();
    },
    async begin() {
      await ready(undefined);
    },
    async send(message, signal) {
      const on = await ready(message);
      try {
        await exchange(on, message, { signal, quiet: false });
      } catch (thrown) {
        // The container does not know the session any more, so it has not run this. An answer is of no use to a new one.
        if (!(thrown instanceof HttpRefused) || thrown.status !== 404 || !on.greeted) throw thrown;
        lose(on.controller);
        if (message.kind === 'response') return;
        await exchange(await ready(message), message, { signal, quiet: false });
      }
    },
    restore() {
      void ready(undefined).catch(() => undefined);
    },
    pause: () => flow.pause(),
    resume: () => flow.resume(),
    get protocolVersion() {
      return protocolVersion;
    },
    close() {
      // The stream is the session: with its end the container ends that too.
      lifetime.abort(new FairleadError('cancelled', 'The connection was closed.'));
      return Promise.resolve();
    },
  };
}

function notMcp(): FairleadError {
  return new FairleadError('not_mcp', 'The container does not speak HTTP+SSE there.', {
    help: 'Check its URL.',
  });
}
