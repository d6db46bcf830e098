/** What the client has set up, so that a new remote session, or a new core, can be told again. */
import type { Message } from '../../shared/envelope.ts';
import type { Standing } from '../upstream/conversation.ts';
import { textMember } from './in-flight.ts';

export interface StandingMessages {
  readonly current: Standing;
  /**
   * Takes note of a message that was accepted, or is replayed.
   * @returns whether it stands, and the lines that it takes the place of
   */
  note(message: Message, seq: number): { stands: boolean; replaced: readonly number[] };
}

interface Entry {
  readonly message: Message;
  readonly seq: number;
}

export function createStandingMessages(): StandingMessages {
  let initialize: Entry | undefined;
  let initialized: Entry | undefined;
  /** By what they set: the log level, or one resource's subscription. */
  const requests = new Map<string, Entry>();

  const replace = (old: Entry | undefined): readonly number[] => (old === undefined ? [] : [old.seq]);

  return {
    get current() {
      return {
        initialize: initialize?.message,
        initialized: initialized?.message,
        requests: [...requests.values()].map((entry) => entry.message),
      };
    },
    note(message, seq) {
      const entry = { message: ownCopy(message), seq };
      switch (message.method) {
        case 'initialize': {
          // A client that begins again leaves all that it had set up.
          const replaced = [initialize, initialized, ...requests.values()].flatMap(replace);
          initialize = entry;
          initialized = undefined;
          requests.clear();
          return { stands: true, replaced };
        }
        case 'notifications/initialized': {
          const replaced = replace(initialized);
          initialized = entry;
          return { stands: true, replaced };
        }
        case 'logging/setLevel':
        case 'resources/subscribe': {
          const key = keyOf(message, message.method);
          const replaced = replace(requests.get(key));
          requests.delete(key);
          requests.set(key, entry);
          return { stands: true, replaced };
        }
        case 'resources/unsubscribe': {
          const key = keyOf(message, 'resources/subscribe');
          const replaced = replace(requests.get(key));
          requests.delete(key);
          return { stands: false, replaced };
        }
        default:
          return { stands: false, replaced: [] };
      }
    },
  };
}

/** What stands for hours must not keep alive the larger buffer that it was cut from. */
function ownCopy(message: Message): Message {
  return { ...message, bytes: Uint8Array.from(message.bytes) };
}

function keyOf(message: Message, method: string): string {
  return `${method} ${textMember(message, 'uri') ?? ''}`;
}
