/** One HTTP session of the older era on one `fairlead stdio`. */
import type { Endpoint, Rpc } from './endpoint.ts';
import { openEventStream, refusal, type EventStream } from './streams.ts';

export interface FrontSession {
  post(message: Rpc, headers: Record<string, string>): Response;
  /** The stream for what belongs to no request. */
  listen(): Response;
  end(): void;
}

export function createFrontSession(endpoint: Endpoint): FrontSession {
  /** By the id of the request, as JSON. */
  const asked = new Map<string, { readonly stream: EventStream; readonly token: string | undefined }>();
  let listening: EventStream | undefined;

  /** Over stdio nothing says to which request a message belongs, but the token of progress. */
  const streamFor = (message: Rpc): EventStream | undefined => {
    const all = [...asked.values()];
    const token = JSON.stringify(message.params?.progressToken);
    if (message.method === 'notifications/progress') return all.find((each) => each.token === token)?.stream;
    return all.length === 1 ? all[0]?.stream : listening;
  };

  endpoint.hear((message) => {
    const key = JSON.stringify(message.id);
    const own = message.method === undefined ? asked.get(key) : undefined;
    if (own === undefined) {
      streamFor(message)?.send(message);
      return;
    }
    asked.delete(key);
    own.stream.send(message);
    own.stream.close();
  });

  return {
    post(message, headers) {
      if (message.id === undefined || message.method === undefined) {
        endpoint.say(message);
        return new Response(null, { status: 202, headers });
      }
      const stream = openEventStream(headers);
      asked.set(JSON.stringify(message.id), {
        stream,
        token: JSON.stringify(message.params?._meta?.['progressToken']),
      });
      endpoint.say(message);
      return stream.response;
    },
    listen() {
      if (listening !== undefined)
        return refusal(409, { code: -32000, message: 'There is such a stream already.' });
      listening = openEventStream({}, () => {
        listening = undefined;
      });
      return listening.response;
    },
    end() {
      endpoint.end();
      listening?.close();
    },
  };
}
