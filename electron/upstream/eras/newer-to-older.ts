/** A conversation of the newer era with a container of the older one alone: each believes it talks to its own kind. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { modernVersion } from '../../../shared/era.ts';
import type { ConversationEvents, Standing } from '../conversation.ts';
import type { ModernConversation } from '../transports/modern-http.ts';
import { createNewerInSession, type NewerInSession } from './newer-in-session.ts';
import { capabilitiesOf } from './newer-words.ts';
import type { SessionConversation } from '../transports/streamable-http.ts';

/** More than any client has, which says the same of itself with each request. */
const maxSessions = 10;

export function createNewerToOlder(deps: {
  legacy: (events: ConversationEvents, standing: () => Standing) => SessionConversation;
  events: ConversationEvents;
}): ModernConversation {
  /** By what the client can do: a container of the older era is told that once for a whole session. */
  const sessions = new Map<string, NewerInSession>();
  let paused = false;

  const sessionFor = (request: Message): NewerInSession => {
    const capabilities = capabilitiesOf(request);
    const begun = sessions.get(capabilities);
    if (begun !== undefined) return begun;
    if (sessions.size >= maxSessions)
      throw new FairleadError('too_many_requests', 'The client says too many different things of itself.');
    const session = createNewerInSession({ ...deps, first: request });
    if (paused) session.pause();
    sessions.set(capabilities, session);
    return session;
  };

  return {
    async send(message, { signal }) {
      if (message.kind === 'request') {
        await sessionFor(message).send(message, signal);
        return;
      }
      const [first] = sessions.values();
      await (sessions.get(capabilitiesOf(message)) ?? first)?.send(message, signal);
    },
    pause() {
      paused = true;
      for (const session of sessions.values()) session.pause();
    },
    resume() {
      paused = false;
      for (const session of sessions.values()) session.resume();
    },
    protocolVersion: modernVersion,
    async close() {
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}
