/** One container's connections, shared by all its clients, and which transport of which era it speaks. */
import { FairleadError } from '../../shared/errors.ts';
import type { Container } from '../../shared/container.ts';
import { modernVersion } from '../../shared/era.ts';
import type { Send } from '../credentials/exchange.ts';
import { unlessAborted } from '../runtime/unless-aborted.ts';
import { askEra } from './eras/ask-era.ts';
import { createConversationOfBothEras } from './eras/both-eras.ts';
import { createContainerEra } from './eras/container-era.ts';
import type { Upstream } from './conversation.ts';
import { createLegacyConversation, type LegacyConversation } from './transports/legacy-sse.ts';
import { createModernConversation } from './transports/modern-http.ts';
import { HttpRefused } from './transports/refusal.ts';
import {
  createStreamableConversation,
  type ConversationDeps,
  type SessionConversation,
} from './transports/streamable-http.ts';

/**
 * @param send with the container's credential attached
 * @param close ends the connections that `send` uses
 */
export function createUpstream(terms: {
  container: Container;
  send: Send;
  close: () => Promise<void>;
}): Upstream {
  const { container, send } = terms;
  const url = new URL(container.url);
  let transport = container.transport === 'auto' ? undefined : container.transport;
  const era = createContainerEra(() => askEra({ url, send }));

  const converseInSession = (deps: ConversationDeps): SessionConversation => {
    if (transport === 'sse') return createLegacyConversation(deps);
    if (transport === 'http') return createStreamableConversation(deps);
    return createDetectingConversation(deps, (found) => {
      transport = found;
    });
  };

  return {
    get transport() {
      return transport ?? (era.known === 'modern' ? 'http' : undefined);
    },
    converse: (events, standing, mayListen) =>
      createConversationOfBothEras({
        legacy: (heard, stands) =>
          converseInSession({ url, send, events: heard, standing: stands, mayListen }),
        // HTTP+SSE ended before the newer era began.
        modern:
          transport === 'sse'
            ? undefined
            : (heard) => createModernConversation({ url, send, events: heard, era }),
        events,
        standing,
        mayListen,
        container: era,
      }),
    async newerVersion() {
      if (transport === 'sse') return undefined;
      return (await era.find()) === 'modern' ? modernVersion : undefined;
    },
    close: terms.close,
  };
}

/**
 * Speaks Streamable HTTP until the container refuses the first message in the way that one of the older transport
 * does (MCP 2025-06-18, Transports: backwards compatibility).
 */
function createDetectingConversation(
  deps: ConversationDeps,
  found: (transport: 'http' | 'sse') => void,
): SessionConversation {
  const http = createStreamableConversation(deps);
  let inner: SessionConversation = http;
  let settled = false;
  let detecting: Promise<void> | undefined;
  let paused = false;
  let closed = false;

  const settle = (transport: 'http' | 'sse') => {
    settled = true;
    found(transport);
  };

  /** Goes the newer way, and where that is refused the older one. */
  const detect = async (ways: {
    http: () => Promise<void>;
    sse: (legacy: LegacyConversation) => Promise<void>;
  }): Promise<void> => {
    try {
      await ways.http();
    } catch (thrown) {
      if (!looksLegacy(thrown)) throw thrown;
      const legacy = createLegacyConversation(deps);
      try {
        await legacy.open();
      } catch (alsoThrown) {
        throw betterOf(thrown, alsoThrown);
      }
      inner = legacy;
      if (paused) inner.pause();
      if (closed) await inner.close();
      settle('sse');
      await ways.sse(legacy);
      return;
    }
    settle('http');
  };
  const detectBy = (ways: Parameters<typeof detect>[0]): Promise<void> => {
    detecting = detect(ways).finally(() => {
      detecting = undefined;
    });
    return detecting;
  };

  const begin = async (): Promise<void> => {
    if (settled) await inner.begin();
    else if (detecting !== undefined) await detecting;
    else if (deps.standing().initialize !== undefined)
      await detectBy({ http: () => http.begin(), sse: (legacy) => legacy.begin() });
  };

  return {
    begin,
    restore: () => void begin().catch(() => undefined),
    async send(message, signal) {
      // Whatever comes while the first message is under way waits to hear how to speak; but for what that one may wait for.
      const waits = message.method !== 'notifications/cancelled' && message.kind !== 'response';
      // Whom the client has greeted before is greeted first: nothing but that answer is waited for.
      if (waits && !settled && message.method !== 'initialize' && deps.standing().initialize !== undefined)
        await unlessAborted(begin(), signal);
      while (waits && !settled && detecting !== undefined) await detecting.catch(() => undefined);
      if (settled || !waits) return inner.send(message, signal);
      return detectBy({
        http: () => http.send(message, signal),
        sse: (legacy) => legacy.send(message, signal),
      });
    },
    pause() {
      paused = true;
      inner.pause();
    },
    resume() {
      paused = false;
      inner.resume();
    },
    get protocolVersion() {
      return inner.protocolVersion;
    },
    close() {
      closed = true;
      return inner.close();
    },
  };
}

function looksLegacy(thrown: unknown): boolean {
  return thrown instanceof HttpRefused && [400, 404, 405].includes(thrown.status);
}

/** Where neither transport works, the refusal of the newer one tells more, unless the older one was about to work. */
function betterOf(refused: unknown, failed: unknown): unknown {
  const nearly =
    failed instanceof FairleadError && ['unauthorized', 'protocol_violation'].includes(failed.code);
  return nearly ? failed : refused;
}
