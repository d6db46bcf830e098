/** Stop 4 over Streamable HTTP (MCP 2025-03-26 … 2025-11-25): one client's remote session with a container. */
import { FairleadError } from '../../shared/errors.ts';
import { memberOf, textOf, type Message } from '../../shared/envelope.ts';
import { delay } from '../runtime/clock.ts';
import { userAgent } from '../runtime/version.ts';
import type { HttpResponse, Send } from '../credentials/exchange.ts';
import type { Conversation, ConversationEvents, Standing } from './conversation.ts';
import { readAnswer } from './exchange-request.ts';
import { createFlow } from './flow.ts';
import { listen, type Listening } from './listening.ts';
import { post } from './post.ts';
import { HttpRefused } from './refusal.ts';

/** Messages of the container are lost until its stream is up; but some containers never open one. */
const hearingMs = 1_000;
const closeMs = 2_000;

export interface ConversationDeps {
  readonly url: URL;
  readonly send: Send;
  readonly events: ConversationEvents;
  readonly standing: () => Standing;
}

interface RemoteSession {
  readonly id: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly postHeaders: Readonly<Record<string, string>>;
  readonly getHeaders: Readonly<Record<string, string>>;
}

type State =
  /** No `initialize` was answered yet. Clients of a protocol without sessions stay here. */
  | { readonly status: 'none' }
  | { readonly status: 'beginning'; readonly begun: Promise<unknown> }
  | { readonly status: 'live' }
  | { readonly status: 'closed' };

export function createStreamableConversation(deps: ConversationDeps): Conversation {
  const { url, send, events, standing } = deps;
  const flow = createFlow();
  const lifetime = new AbortController();
  /** Requests whose streams are being read, by their id. */
  const awaited = new Map<string, () => void>();
  let state: State = { status: 'none' };
  let session = remoteSession(undefined, undefined);
  let listening: Listening | undefined;

  const deliver = (message: Message) => {
    events.receive(message);
    if (message.kind === 'response' && message.idKey !== undefined) awaited.get(message.idKey)?.();
  };

  const open = (lastEventId: string | undefined, signal: AbortSignal): Promise<HttpResponse> => {
    const headers =
      lastEventId === undefined
        ? session.getHeaders
        : { ...session.getHeaders, 'last-event-id': lastEventId };
    return send({ method: 'GET', url, headers, signal, lane: 'stream' });
  };

  const startListening = async () => {
    listening?.close();
    listening = listen({
      open,
      flow,
      receive: deliver,
      onSessionLost: () => {
        void beginAnew(session).catch(() => undefined);
      },
    });
    await Promise.race([listening.settled, delay(hearingMs)]);
  };

  const exchange = (
    request: Message,
    response: HttpResponse,
    terms: { signal: AbortSignal; deliver: typeof deliver },
  ) =>
    readAnswer(response, {
      ...terms,
      request,
      flow,
      resume: open,
      onAnsweredElsewhere(finish) {
        const key = request.idKey ?? '';
        awaited.set(key, finish);
        return () => {
          if (awaited.get(key) === finish) awaited.delete(key);
        };
      },
    });

  /** Sends `initialize` and takes over the session that its answer begins. @returns whether it began one */
  const initialize = async (
    message: Message,
    signal: AbortSignal,
    receive: typeof deliver,
  ): Promise<boolean> => {
    const old = session;
    let began = false;
    session = remoteSession(undefined, undefined);
    listening?.close();
    if (old.id !== undefined && state.status !== 'closed') void endRemotely(old);
    const response = await post(message, { send, url, headers: session.postHeaders, signal });
    await exchange(message, response, {
      signal,
      deliver(answer) {
        if (answer.idKey === message.idKey && answer.kind === 'response' && !answer.failed) {
          began = true;
          const version = memberOf(answer.bytes, answer.body, 'protocolVersion');
          session = remoteSession(
            response.header('mcp-session-id'),
            version === undefined ? undefined : textOf(answer.bytes, version),
          );
        }
        receive(answer);
      },
    });
    return began;
  };

  /** Runs `begin` while everything else waits for it. */
  const beginning = async (begin: () => Promise<boolean>) => {
    const begun = begin();
    const settle = (live: boolean) => {
      if (state.status === 'beginning') state = { status: live ? 'live' : 'none' };
    };
    state = { status: 'beginning', begun: begun.then(settle, () => settle(false)) };
    await begun;
  };

  /** Once for each lost session, however many requests find it lost. */
  const beginAnew = async (lost: RemoteSession): Promise<void> => {
    if (state.status === 'beginning') await state.begun;
    if (session !== lost || state.status === 'closed') return;
    const { initialize: greeting, initialized, requests } = standing();
    if (greeting === undefined) throw new HttpRefused(404);
    const { signal } = lifetime;
    await beginning(async () => {
      session = remoteSession(undefined, undefined);
      if (!(await initialize(greeting, signal, quietly(greeting)))) {
        throw new FairleadError(
          'connection_lost',
          'The container lost its session and would not begin a new one.',
          {
            help: 'Restart the client.',
          },
        );
      }
      if (initialized !== undefined) await accept(initialized, signal);
      await startListening();
      for (const request of requests) {
        const response = await post(request, { send, url, headers: session.postHeaders, signal });
        // A subscription that the new session refuses must not keep the client from everything else.
        await exchange(request, response, { signal, deliver: quietly(request) }).catch(() => undefined);
      }
      return true;
    });
    events.renewed();
  };

  /** The client has had its answer to this long ago. */
  const quietly = (request: Message) => (message: Message) => {
    if (message.kind !== 'response' || message.idKey !== request.idKey) deliver(message);
  };

  const accept = async (message: Message, signal: AbortSignal): Promise<RemoteSession | undefined> => {
    const used = session;
    const response = await post(message, { send, url, headers: used.postHeaders, signal });
    response.discard();
    if (response.status === 404 && used.id !== undefined) return used;
    if (response.status < 200 || response.status > 299) throw new HttpRefused(response.status);
    return undefined;
  };

  /** @returns the session that turned out to be lost, when the message was refused for that */
  const attempt = async (message: Message, signal: AbortSignal): Promise<RemoteSession | undefined> => {
    if (message.kind !== 'request') return accept(message, signal);
    const used = session;
    const response = await post(message, { send, url, headers: used.postHeaders, signal });
    if (response.status === 404 && used.id !== undefined) {
      response.discard();
      return used;
    }
    await exchange(message, response, { signal, deliver });
    return undefined;
  };

  async function endRemotely(ended: RemoteSession): Promise<void> {
    if (ended.id === undefined) return;
    const signal = AbortSignal.timeout(closeMs);
    // 405: the container ends sessions by itself (MCP: session management).
    await send({ method: 'DELETE', url, headers: ended.getHeaders, signal, lane: 'signal' }).then(
      (response) => response.discard(),
      () => undefined,
    );
  }

  return {
    async send(message, signal) {
      if (message.method === 'initialize') {
        await beginning(() => initialize(message, signal, deliver));
        return;
      }
      if (state.status === 'beginning') await state.begun;
      if (state.status === 'none' && standing().initialize !== undefined) await beginAnew(session);
      let lost = await attempt(message, signal);
      if (lost !== undefined) {
        await beginAnew(lost);
        lost = await attempt(message, signal);
      }
      if (lost !== undefined) throw new HttpRefused(404);
      if (message.method === 'notifications/initialized') await startListening();
    },
    restore() {
      if (state.status === 'none' && standing().initialize !== undefined)
        void beginAnew(session).catch(() => undefined);
    },
    pause: () => flow.pause(),
    resume: () => flow.resume(),
    get protocolVersion() {
      return session.protocolVersion;
    },
    async close() {
      if (state.status === 'closed') return;
      state = { status: 'closed' };
      listening?.close();
      lifetime.abort();
      await endRemotely(session);
    },
  };
}

function remoteSession(id: string | undefined, protocolVersion: string | undefined): RemoteSession {
  const headers = {
    'user-agent': userAgent,
    ...(id !== undefined && { 'mcp-session-id': id }),
    ...(protocolVersion !== undefined && { 'mcp-protocol-version': protocolVersion }),
  };
  return {
    id,
    protocolVersion,
    postHeaders: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    getHeaders: { ...headers, accept: 'text/event-stream' },
  };
}
