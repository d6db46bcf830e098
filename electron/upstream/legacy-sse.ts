/** Stop 4 over HTTP+SSE (MCP 2024-11-05): messages go out by POST, and all that comes back comes on one stream. */
import { FairleadError } from '../../shared/errors.ts';
import { memberOf, textOf, type Message } from '../../shared/envelope.ts';
import { userAgent } from '../runtime/version.ts';
import { mediaType, newCursor, readEvents } from './body.ts';
import type { Conversation } from './conversation.ts';
import { createFlow } from './flow.ts';
import { post } from './post.ts';
import { HttpRefused } from './refusal.ts';
import type { ConversationDeps } from './streamable-http.ts';

/** How long a container may take to say where messages go. */
const endpointMs = 10_000;

export interface LegacyConversation extends Conversation {
  /** Opens the stream. @throws FairleadError when the container does not speak this transport */
  open(): Promise<void>;
}

interface Stream {
  readonly postUrl: URL;
  readonly controller: AbortController;
}

interface Pending {
  /** The client had its answer long ago: this one is for us. */
  readonly quiet: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export function createLegacyConversation(deps: ConversationDeps): LegacyConversation {
  const { url, send, events, standing } = deps;
  const flow = createFlow();
  const pending = new Map<string, Pending>();
  let stream: Promise<Stream> | undefined;
  let current: Stream | undefined;
  let protocolVersion: string | undefined;
  let closed = false;

  const receive = (message: Message) => {
    const waiting = message.kind === 'response' ? pending.get(message.idKey ?? '') : undefined;
    if (waiting === undefined) {
      events.receive(message);
      return;
    }
    pending.delete(message.idKey ?? '');
    const version = memberOf(message.bytes, message.failed ? undefined : message.body, 'protocolVersion');
    if (version !== undefined && protocolVersion === undefined)
      protocolVersion = textOf(message.bytes, version);
    if (!waiting.quiet) events.receive(message);
    waiting.resolve();
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
        controller.signal.addEventListener('abort', () => {
          reject(controller.signal.reason as Error);
        });
        const reading = readEvents(response, flow, {
          cursor: newCursor(),
          receive,
          other({ type, data }) {
            if (type === 'endpoint') resolve(ownUrl(data.toString('utf8')));
          },
        });
        void reading
          .catch(() => undefined)
          .then(() => {
            reject(notMcp());
            lose(controller);
          });
      });
      current = { postUrl, controller };
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
    if (closed) throw new FairleadError('cancelled', 'The connection was closed.');
    stream ??= connect();
    try {
      return await stream;
    } catch (thrown) {
      stream = undefined;
      throw thrown;
    }
  };

  const postOn = async ({ postUrl, controller }: Stream, message: Message, signal: AbortSignal) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': userAgent,
    };
    const response = await post(message, { send, url: postUrl, headers, signal });
    response.discard();
    if (response.status >= 200 && response.status <= 299) return;
    if (response.status === 404) lose(controller);
    throw new HttpRefused(response.status);
  };

  /** Sends a message; a request's promise ends with its answer. */
  const exchange = async (
    on: Stream,
    message: Message,
    terms: { signal: AbortSignal; quiet: boolean },
  ): Promise<void> => {
    const { signal, quiet } = terms;
    const key = message.kind === 'request' ? message.idKey : undefined;
    if (key === undefined) return postOn(on, message, signal);
    const answered = new Promise<void>((resolve, reject) => {
      pending.set(key, { quiet, resolve, reject });
      signal.addEventListener('abort', () => {
        pending.delete(key);
        reject(signal.reason as Error);
      });
    });
    await Promise.all([answered, postOn(on, message, signal)]).catch((thrown: unknown) => {
      pending.delete(key);
      throw thrown;
    });
  };

  /** What the client set up holds for one stream; on a new one it is said again, without the client. */
  const beginAnew = async (): Promise<void> => {
    const on = await openStream();
    const { initialize, initialized, requests } = standing();
    if (initialize === undefined) return;
    const { signal } = on.controller;
    const quietly = (request: Message) => exchange(on, request, { signal, quiet: true });
    await quietly(initialize);
    if (initialized !== undefined) await postOn(on, initialized, signal);
    for (const request of requests) await quietly(request).catch(() => undefined);
    events.renewed();
  };

  let renewing: Promise<void> | undefined;
  const renew = (): Promise<void> => {
    renewing ??= beginAnew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  const isLost = () => current === undefined && standing().initialize !== undefined;

  return {
    async open() {
      await openStream();
    },
    async send(message, signal) {
      if (renewing !== undefined || (message.method !== 'initialize' && isLost())) await renew();
      await exchange(await openStream(), message, { signal, quiet: false });
    },
    restore() {
      if (isLost()) void renew().catch(() => undefined);
    },
    pause: () => flow.pause(),
    resume: () => flow.resume(),
    get protocolVersion() {
      return protocolVersion;
    },
    close() {
      closed = true;
      if (current !== undefined) lose(current.controller);
      return Promise.resolve();
    },
  };
}

function notMcp(): FairleadError {
  return new FairleadError('not_mcp', 'The container does not speak HTTP+SSE there.', {
    help: 'Check its URL.',
  });
}
