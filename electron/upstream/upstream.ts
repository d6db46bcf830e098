/** One container's connections, shared by all its clients, and which of the two transports it speaks. */
import { FairleadError } from '../../shared/errors.ts';
import type { Container } from '../../shared/container.ts';
import type { Message } from '../../shared/envelope.ts';
import type { Send } from '../credentials/exchange.ts';
import type { Conversation, Upstream } from './conversation.ts';
import { createLegacyConversation } from './legacy-sse.ts';
import { HttpRefused } from './refusal.ts';
import { createStreamableConversation, type ConversationDeps } from './streamable-http.ts';

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

  return {
    get transport() {
      return transport;
    },
    converse(events, standing) {
      const deps: ConversationDeps = { url, send, events, standing };
      if (transport === 'sse') return createLegacyConversation(deps);
      if (transport === 'http') return createStreamableConversation(deps);
      return createDetectingConversation(deps, (found) => {
        transport = found;
      });
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
): Conversation {
  let inner: Conversation = createStreamableConversation(deps);
  let settled = false;
  let detecting: Promise<void> | undefined;
  let paused = false;

  const detect = async (message: Message, signal: AbortSignal): Promise<void> => {
    try {
      await inner.send(message, signal);
    } catch (thrown) {
      if (!looksLegacy(thrown)) throw thrown;
      const legacy = createLegacyConversation(deps);
      try {
        await legacy.open();
      } catch (alsoThrown) {
        await legacy.close();
        throw betterOf(thrown, alsoThrown);
      }
      inner = legacy;
      if (paused) inner.pause();
      settled = true;
      found('sse');
      await inner.send(message, signal);
      return;
    }
    settled = true;
    found('http');
  };

  return {
    async send(message, signal) {
      // Whatever comes while the first message is under way waits to hear how to speak.
      while (!settled && detecting !== undefined) await detecting.catch(() => undefined);
      if (settled) return inner.send(message, signal);
      detecting = detect(message, signal).finally(() => {
        detecting = undefined;
      });
      return detecting;
    },
    restore: () => inner.restore(),
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
    close: () => inner.close(),
  };
}

function looksLegacy(thrown: unknown): boolean {
  return thrown instanceof HttpRefused && [400, 404, 405].includes(thrown.status);
}

/** Where neither transport works, the refusal of the newer one tells more, unless it cannot be reached at all. */
function betterOf(refused: unknown, failed: unknown): unknown {
  return failed instanceof FairleadError && failed.code === 'unauthorized' ? failed : refused;
}
