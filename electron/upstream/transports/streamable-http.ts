/** Stop 4 over Streamable HTTP (MCP 2025-03-26 … 2025-11-25): one client's remote session with a container. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { delay } from '../../runtime/clock.ts';
import { unlessAborted } from '../../runtime/unless-aborted.ts';
import type { HttpResponse, Send } from '../../credentials/exchange.ts';
import type { Conversation, ConversationEvents, MayListen, Standing } from '../conversation.ts';
import { readAnswer } from './exchange-request.ts';
import { createFlow } from './flow.ts';
import { listen, type Listening } from './listening.ts';
import { post } from './post.ts';
import { HttpRefused, notBegun, notRenewed } from './refusal.ts';
import { protocolVersionOf, remoteSession, type RemoteSession } from './remote-session.ts';

/** Messages of the container are lost until its stream is up; but some containers never open one. */
const hearingMs = 1_000;
/** For everything that a lost session takes to begin anew; each request that waits for it keeps its own limit. */
const renewalMs = 60_000;
const closeMs = 2_000;

export interface ConversationDeps {
  readonly url: URL;
  readonly send: Send;
  readonly events: ConversationEvents;
  readonly standing: () => Standing;
  readonly mayListen?: MayListen | undefined;
}

/** Of the era with sessions. */
export interface SessionConversation extends Conversation {
  /** Begins the remote session anew from what stands, unless there is one. @throws FairleadError */
  begin(): Promise<void>;
}

type State =
  /** No `initialize` was answered yet. Clients of a protocol without sessions stay here. */
  | { readonly status: 'none' }
  /** `begun` rejects where what waits for it cannot go on either. */
  | { readonly status: 'beginning'; readonly begun: Promise<void> }
  | { readonly status: 'live' }
  | { readonly status: 'closed' };

export function createStreamableConversation(deps: ConversationDeps): SessionConversation {
  const { url, send, events, standing, mayListen } = deps;
  const { reached } = events;
  const flow = createFlow();
  const lifetime = new AbortController();
  /** Requests whose streams are being read, by their id. */
  const awaited = new Map<string, () => void>();
  let state: State = { status: 'none' };
  let session = remoteSession(undefined, undefined);
  let listening: Listening | undefined;

  const deliver = (message: Message, about?: Message) => {
    events.receive(message, about);
    if (message.kind === 'response' && message.idKey !== undefined) awaited.get(message.idKey)?.();
  };

  const open = (
    lastEventId: string | undefined,
    signal: AbortSignal,
    onSuperseded?: () => void,
  ): Promise<HttpResponse> => {
    const headers =
      lastEventId === undefined
        ? session.getHeaders
        : { ...session.getHeaders, 'last-event-id': lastEventId };
    return send({
      method: 'GET',
      url,
      headers,
      signal,
      lane: 'stream',
      ...(onSuperseded && { onSuperseded }),
    });
  };

  const startListening = async () => {
    listening?.close();
    if (state.status === 'closed') return;
    const listened = session;
    listening = listen({
      async open(lastEventId, signal, onSuperseded) {
        await mayListen?.(signal);
        return open(lastEventId, signal, onSuperseded);
      },
      flow,
      receive: (message) => deliver(message),
      onSessionLost() {
        forget(listened);
        void ready(lifetime.signal).catch(() => undefined);
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
    const response = await post(message, { send, url, headers: session.postHeaders, signal, reached });
    await exchange(message, response, {
      signal,
      deliver(answer) {
        if (answer.idKey === message.idKey && answer.kind === 'response' && !answer.failed) {
          began = true;
          session = remoteSession(response.header('mcp-session-id'), protocolVersionOf(answer));
        }
        receive(answer, message);
      },
    });
    return began;
  };

  /** Runs `begin` while everything else waits for it. @param begin resolves with whether there is a session now */
  const beginning = (begin: () => Promise<boolean>): Promise<void> => {
    const settle = (live: boolean) => {
      if (state.status === 'beginning') state = { status: live ? 'live' : 'none' };
    };
    const begun = begin().then(settle, (thrown: unknown) => {
      settle(false);
      throw thrown;
    });
    begun.catch(() => undefined);
    state = { status: 'beginning', begun };
    return begun;
  };

  /** The client's own `initialize`. Where that fails, what it has sent behind it meets the container by itself. */
  const greet = async (message: Message, signal: AbortSignal): Promise<void> => {
    while (state.status === 'beginning') await unlessAborted(state.begun, signal).catch(ignore(signal));
    if (state.status === 'closed') throw closedError();
    const begun = beginning(() => initialize(message, signal, deliver));
    state = { status: 'beginning', begun: begun.catch(() => undefined) };
    await begun;
  };

  const forget = (lost: RemoteSession) => {
    if (session !== lost || state.status !== 'live') return;
    session = remoteSession(undefined, undefined);
    state = { status: 'none' };
  };

  /**
   * Waits while a session begins, and begins the one anew that the client once had: once, however many requests wait.
   * @throws what it failed with, to all of them
   */
  const ready = async (signal: AbortSignal): Promise<void> => {
    while (state.status === 'beginning') await unlessAborted(state.begun, signal);
    if (state.status === 'closed') throw closedError();
    const { initialize: greeting } = standing();
    if (state.status === 'none' && greeting !== undefined) await unlessAborted(beginAnew(greeting), signal);
  };

  const beginAnew = async (greeting: Message): Promise<void> => {
    const signal = AbortSignal.any([lifetime.signal, AbortSignal.timeout(renewalMs)]);
    await beginning(async () => {
      try {
        let answer: Message | undefined;
        const receive = quietly(greeting, (message) => (answer = message));
        const began = await initialize(greeting, signal, receive);
        if (!began || answer === undefined) throw notBegun(answer);
        // Before the container can have asked anything in it.
        events.renewed(answer);
        await setUpAgain(signal);
        return true;
      } catch (thrown) {
        const tooLate = signal.aborted && !lifetime.signal.aborted;
        throw tooLate ? notRenewed('took too long over a new one.') : thrown;
      }
    });
  };

  const setUpAgain = async (signal: AbortSignal): Promise<void> => {
    const { initialized } = standing();
    if (initialized !== undefined) {
      await accept(initialized, signal);
      await startListening();
    }
    // Read only now: at a new core they come in behind the greeting.
    for (const request of standing().requests) await replay(request, signal);
  };

  /** A subscription that the new session refuses must not keep the client from everything else. */
  const replay = async (request: Message, signal: AbortSignal): Promise<void> => {
    try {
      const response = await post(request, { send, url, headers: session.postHeaders, signal });
      await exchange(request, response, { signal, deliver: quietly(request) });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
    }
  };

  /** The client has had its answer to this long ago. */
  const quietly =
    (request: Message, take: (answer: Message) => void = () => undefined) =>
    (message: Message, about?: Message) => {
      if (message.kind === 'response' && message.idKey === request.idKey) take(message);
      else deliver(message, about);
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
    const response = await post(message, { send, url, headers: used.postHeaders, signal, reached });
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
      if (message.method === 'initialize') return greet(message, signal);
      const heardIn = session;
      if (state.status !== 'live') await ready(signal);
      // An answer belongs to a question of the session that is no more.
      if (message.kind === 'response' && session !== heardIn) return;
      const lost = await attempt(message, signal);
      if (lost !== undefined) {
        forget(lost);
        if (message.kind === 'response') return;
        await ready(signal);
        if ((await attempt(message, signal)) !== undefined) throw new HttpRefused(404);
      }
      if (message.method === 'notifications/initialized') await startListening();
    },
    begin: () => ready(lifetime.signal),
    restore: () => void ready(lifetime.signal).catch(() => undefined),
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

function ignore(signal: AbortSignal): () => void {
  return () => signal.throwIfAborted();
}

function closedError(): FairleadError {
  return new FairleadError('cancelled', 'The connection was closed.');
}
