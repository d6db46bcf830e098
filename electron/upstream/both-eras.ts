/** One client's conversation in the era that the client speaks, which its first messages tell. */
import type { Message } from '../../shared/envelope.ts';
import { nextEra, type ClientEra } from '../../shared/era.ts';
import { refusesVersion, type ContainerEra } from './container-era.ts';
import type { Conversation, ConversationEvents, Standing } from './conversation.ts';
import type { ModernConversation } from './modern-http.ts';
import { HttpRefused } from './refusal.ts';
import { containerTooNew, containerTooOld } from './untranslated.ts';

export interface BothErasDeps {
  readonly legacy: (events: ConversationEvents) => Conversation;
  /** Undefined: over the container's transport there is none. */
  readonly modern: ((events: ConversationEvents) => ModernConversation) | undefined;
  readonly events: ConversationEvents;
  readonly standing: () => Standing;
  /** Shared by all clients of the container. */
  readonly container: ContainerEra;
}

export function createConversationOfBothEras(deps: BothErasDeps): Conversation {
  const { events, container } = deps;
  let client: ClientEra = { status: 'undecided' };
  /** The client's `initialize` that is under way, and what it was refused with for its era. */
  let greeting: { readonly message: Message; refused: boolean } | undefined;

  const legacy = deps.legacy({
    receive(message) {
      const answers = message.kind === 'response' && message.idKey === greeting?.message.idKey;
      if (greeting !== undefined && answers && refusesVersion(message)) greeting.refused = true;
      else events.receive(message);
    },
    renewed: (answer) => events.renewed(answer),
  });
  const modern = deps.modern?.(events);

  /** A container that refuses `initialize` may be one that has never heard of it. */
  const greet = async (message: Message, signal: AbortSignal): Promise<void> => {
    const own = { message, refused: false };
    greeting = own;
    try {
      await legacy.send(message, signal);
    } catch (thrown) {
      const refused = thrown instanceof HttpRefused && [400, 404, 405].includes(thrown.status);
      if (refused && (await container.find()) === 'modern') throw containerTooNew();
      throw thrown;
    } finally {
      if (greeting === own) greeting = undefined;
    }
    if (!own.refused) return;
    container.learn('modern');
    throw containerTooNew();
  };

  const sendModern = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (modern === undefined) throw containerTooOld();
    const version = client.status === 'modern' ? client.version : undefined;
    // The client's own probe goes to the container each time, and its answer is the one that counts.
    const probes = message.method === 'server/discover';
    if (message.kind === 'request' && !probes && (await container.find()) === 'legacy')
      throw containerTooOld();
    try {
      await modern.send(message, { signal, version });
    } catch (thrown) {
      throw probes && thrown instanceof HttpRefused && container.known === 'legacy'
        ? containerTooOld()
        : thrown;
    }
  };

  return {
    async send(message, signal) {
      client = nextEra(client, message);
      if (client.status !== 'legacy') await sendModern(message, signal);
      else if (message.method === 'initialize') await greet(message, signal);
      else await legacy.send(message, signal);
    },
    restore() {
      if (deps.standing().initialize !== undefined) client = { status: 'legacy' };
      legacy.restore();
    },
    pause() {
      legacy.pause();
      modern?.pause();
    },
    resume() {
      legacy.resume();
      modern?.resume();
    },
    get protocolVersion() {
      return client.status === 'modern' ? modern?.protocolVersion : legacy.protocolVersion;
    },
    async close() {
      await Promise.all([legacy.close(), modern?.close()]);
    },
  };
}
