/** What a client hears while its request waits for a container that starts, where it gave a progress token. */
import { idKeyOf, memberOf, sourceOf, type Message } from '../../shared/envelope.ts';
import { keyMember } from './in-flight.ts';
import { ownNotification } from './own-answers.ts';

const everyMs = 1_000;
/** A second counts so little that what the container tells later, from 0 or 1 on, is more (MCP, Progress). */
const perSecond = 0.001;

export interface WakeProgress {
  /** Tells of a request that waits, at once and then every second. @returns ends that */
  begin(request: Message): () => void;
  /** The request has ended. */
  forget(request: Message): void;
  /** Whether the client may be told: each progress has to be more than the one before. */
  passes(message: Message): boolean;
}

/** @param deps.name the container's, for people */
export function createWakeProgress(deps: {
  name: string;
  receive: (message: Message) => void;
}): WakeProgress {
  const { name, receive } = deps;
  /** What was told last, by progress token. Empty while nobody has had to wait. */
  const told = new Map<string, number>();

  return {
    begin(request) {
      const token = tokenOf(request);
      if (token === undefined) return () => undefined;
      let seconds = 0;
      const tell = () => {
        const progress = seconds * perSecond;
        const message = `Starting ${name} …${seconds === 0 ? '' : ` ${seconds} s`}`;
        told.set(token.key, progress);
        receive(
          ownNotification(
            'notifications/progress',
            `{"progressToken":${token.json},"progress":${progress},"message":${JSON.stringify(message)}}`,
          ),
        );
        seconds += 1;
      };
      tell();
      const ticking = setInterval(tell, everyMs);
      return () => clearInterval(ticking);
    },
    forget(request) {
      if (told.size > 0) told.delete(tokenOf(request)?.key ?? '');
    },
    passes(message) {
      if (told.size === 0 || message.method !== 'notifications/progress') return true;
      const key = keyMember(message, 'progressToken') ?? '';
      const last = told.get(key);
      const progress = memberOf(message.bytes, message.body, 'progress');
      if (last === undefined || progress === undefined) return true;
      if (Number(sourceOf(message.bytes, progress)) <= last) return false;
      told.delete(key);
      return true;
    },
  };
}

/** `params._meta.progressToken` (MCP, Progress), as it stands there and as a key. */
function tokenOf({ bytes, body }: Message): { readonly json: string; readonly key: string } | undefined {
  const token = memberOf(bytes, memberOf(bytes, body, '_meta'), 'progressToken');
  const key = token && idKeyOf(bytes, token);
  return token && key !== undefined ? { json: sourceOf(bytes, token), key } : undefined;
}
