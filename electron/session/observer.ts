/** What a session reports of itself: to the activity, the audit and the status. Never what a message carried. */

import type { ErrorReport } from '../../shared/errors.ts';

export type Outcome = 'ok' | 'tool_error' | 'error' | 'cancelled' | 'timed_out' | 'lost';

export interface FinishedRequest {
  readonly method: string;
  readonly tool: string | undefined;
  readonly outcome: Outcome;
  /** A JSON-RPC code, or the name of an error of ours. */
  readonly error: string | undefined;
  /** Why the container could not answer, where that was not its own answer. */
  readonly problem: ErrorReport | undefined;
  readonly durationMs: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

export interface SessionObserver {
  /** The client said who it is. */
  introduced(client: string): void;
  started(): void;
  finished(request: FinishedRequest): void;
  /** The remote session stands, or was begun anew. */
  connected(protocolVersion: string | undefined): void;
  closed(): void;
}
