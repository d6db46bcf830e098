/** Which era of MCP a message is of: since 2026-07-28 each request says so itself, and there is no `initialize`. */
import { memberOf, textOf, type Message } from './envelope.ts';
import type { Span } from './json-scan.ts';

/** The one without `initialize` that Fairlead itself writes, and the first of all. */
export const modernVersion = '2026-07-28';

/** Versions are dates, so their order as text is their order in time. */
export const isModernVersion = (version: string): boolean => version >= modernVersion;

/** Requests whose answer is meant to stay away: it says that their stream has ended (MCP 2026-07-28, Subscriptions). */
export const isOpenEnded = (method: string): boolean => method === 'subscriptions/listen';

/** What a message says of itself in `params._meta` (MCP 2026-07-28, Base protocol: `_meta`). */
export interface Claim {
  /** Undefined where it is no text: that is the container's to refuse. */
  readonly version: string | undefined;
  /** All of `_meta`. */
  readonly meta: Span;
}

/** @returns undefined for a message that does not say which version it is written in: one of the older era */
export function claimOf({ bytes, body, kind }: Message): Claim | undefined {
  if (kind === 'response') return undefined;
  const meta = memberOf(bytes, body, '_meta');
  const version = memberOf(bytes, meta, 'io.modelcontextprotocol/protocolVersion');
  if (meta === undefined || version === undefined) return undefined;
  return { version: textOf(bytes, version), meta };
}

/** What a client has shown of itself so far. */
export type ClientEra =
  /** Nothing, or a probe with `server/discover`, after which it may yet `initialize`. */
  | { readonly status: 'undecided' }
  | { readonly status: 'legacy' }
  | {
      readonly status: 'modern';
      /** Of its last request, for what says no version itself. */
      readonly version: string | undefined;
    };

/**
 * What a client's next message makes of it (MCP 2026-07-28, stdio: backward compatibility). Pure.
 * Once it has begun with `initialize`, its messages are not looked into any more.
 */
export function nextEra(era: ClientEra, message: Message): ClientEra {
  if (era.status === 'legacy') return era;
  const claim = claimOf(message);
  if (claim !== undefined) {
    const probes = message.method === 'server/discover' && era.status === 'undecided';
    return probes ? era : { status: 'modern', version: claim.version };
  }
  if (message.method === 'initialize') return { status: 'legacy' };
  // A cancellation is of what was asked before, and says nothing of its own.
  const decides = era.status === 'undecided' && message.method !== 'notifications/cancelled';
  return decides ? { status: 'legacy' } : era;
}
