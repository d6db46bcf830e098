/** Stop 4's interface: one client's conversation with one container, over whatever transport the container speaks. */
import type { Message } from '../../shared/envelope.ts';

export interface ConversationEvents {
  /**
   * A message of the container, in the order its stream had. Called synchronously; the bytes are the receiver's to keep.
   * An answer is delivered before its request's `send` resolves.
   * @param about the request on whose own stream it came; undefined where the transport does not tell
   */
  receive(message: Message, about?: Message): void;
  /**
   * The remote session was begun anew with the client's own `initialize`.
   * @param answer to that, which the client is not told
   */
  renewed(answer: Message): void;
  /**
   * A request's bytes are leaving (`connected`), or the head of its answer has come (`first_byte`): for who watches. Not
   * every way to every container tells; one that sends again tells again.
   */
  readonly reached?: Reached | undefined;
}

export type Reached = (request: Message, stage: 'connecting' | 'connected' | 'first_byte') => void;

/** What the client has set up so far, for a remote session that must be begun anew. All are the client's own bytes. */
export interface Standing {
  readonly initialize: Message | undefined;
  readonly initialized: Message | undefined;
  /** Log level and resource subscriptions, in the client's order. */
  readonly requests: readonly Message[];
}

export interface Conversation {
  /**
   * Sends one message of the client.
   * A request: rejects with a FairleadError when there will be no answer; after that nothing more is received for
   * its id. Resolves when its answer was received, or `signal` aborted.
   * Anything else: resolves when the container has accepted it; `initialized` also once messages of the container
   * can be heard, or after 1 s.
   * @param signal aborted as soon as nobody waits for the answer any more: it came another way, or was given up
   */
  send(message: Message, signal: AbortSignal): Promise<void>;
  /** Begins the remote session anew from what stands, unless there is one. Never throws; the next `send` would too. */
  restore(): void;
  /** Stops and restarts reading from the container, because the client reads too slowly. */
  pause(): void;
  resume(): void;
  /** What the container's initialize result named; undefined before. */
  readonly protocolVersion: string | undefined;
  /** Ends the remote session (DELETE) and every stream. Idempotent, never throws, at most 2 s. */
  close(): Promise<void>;
}

/** Resolves when a stream may be opened on which the container only tells. Rejects with the signal's reason. */
export type MayListen = (signal: AbortSignal) => Promise<void>;

/** One container's connections, shared by all of its clients. */
export interface Upstream {
  /**
   * @param standing read again each time the remote session must be begun anew
   * @param mayListen asked each time before such a stream is opened, also again; left out: it always may
   */
  converse(events: ConversationEvents, standing: () => Standing, mayListen?: MayListen): Conversation;
  /** How the container is spoken to, once that is known. */
  readonly transport: 'http' | 'sse' | undefined;
  /**
   * The version of the newer era (MCP 2026-07-28 or later) that the container takes; undefined: only older ones, or it
   * would not say. Asks the container, unless that is known.
   */
  newerVersion(): Promise<string | undefined>;
  /** Ends every connection. */
  close(): Promise<void>;
}
