/** Who did what, one line of JSON each: names of ours and ids, never a secret or a text that somebody sent. */

export interface AuditEntry {
  readonly event:
    | 'sign_in'
    | 'container_created'
    | 'container_changed'
    | 'container_removed'
    | 'container_started'
    | 'container_stopped'
    | 'certificate_issued'
    | 'token_created'
    | 'token_revoked'
    | 'keys_rotated'
    | 'gateway';
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly user?: string | undefined;
  readonly container?: string | undefined;
  /** Id of an API token: the one that was used, made or revoked. */
  readonly token?: string | undefined;
  /** IP address of the peer. */
  readonly address?: string | undefined;
  /** Of the gateway: what the container answered, and the request's method. */
  readonly status?: number | undefined;
  readonly method?: string | undefined;
}

export type Audit = (entry: AuditEntry) => void;

export function createAudit(write: (line: string) => void): Audit {
  return (entry) => write(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
}
