/** Says where the sign-ins of a client come back to that somebody has registered by hand. */
import type { Findings } from './reading.ts';

/** Such a client is bound to its addresses (RFC 6749 §3.1.2.2), and the other program's was another. */
export function noteRedirect(port: number | undefined, { notes }: Pick<Findings, 'notes'>): void {
  const where =
    port === undefined ? 'http://127.0.0.1/callback, with any port' : `http://127.0.0.1:${port}/callback`;
  notes.add(`Its OAuth client has to allow Fairlead's own redirect address: ${where}.`);
}
