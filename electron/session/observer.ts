/** What a session reports of itself: to the activity, the audit and the status. Never what a message carried. */

import type { ErrorReport } from '../../shared/errors.ts';

/** `denied`: the person does not let the client. */
export type Outcome = 'ok' | 'tool_error' | 'error' | 'cancelled' | 'timed_out' | 'lost' | 'denied';

/**
 * `connecting`: it has a connection for itself, which may still have to be opened. `connected`: it has left. `first_byte`:
 * its answer has begun to come. Each may come again where it is sent again.
 */
export type RequestStage = 'connecting' | 'connected' | 'first_byte';

export interface StartedRequest {
  readonly method: string;
  readonly tool: string | undefined;
  readonly bytesOut: number;
}

export interface FinishedRequest {
  readonly outcome: Outcome;
  /** A JSON-RPC code, or the name of an error of ours. */
  readonly error: string | undefined;
  /** Why the container could not answer, where that was not its own answer. */
  readonly problem: ErrorReport | undefined;
  readonly durationMs: number;
  readonly bytesIn: number;
}

/** One request, from here to its end. */
export interface RequestObserver {
  reached(stage: RequestStage): void;
  finished(request: FinishedRequest): void;
}

export interface SessionObserver {
  /** The client said who it is. */
  introduced(client: string): void;
  started(request: StartedRequest): RequestObserver;
  /** The remote session stands, or was begun anew. */
  connected(protocolVersion: string | undefined): void;
  closed(): void;
}
