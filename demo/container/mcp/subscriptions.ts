/** Tells one session what it should know of the notes: that the list changed, and which subscribed ones did. */
import type { McpServer } from '@modelcontextprotocol/server';
import type { NoteStore } from '../notes/store.ts';

const mostSubscriptions = 1_000;

/** Call before the server connects. Returns what ends it. */
export function followNotes({ server }: McpServer, notes: NoteStore): () => void {
  const subscribed = new Set<string>();
  server.setRequestHandler('resources/subscribe', ({ params }) => {
    if (subscribed.size < mostSubscriptions) subscribed.add(params.uri);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    subscribed.delete(params.uri);
    return {};
  });

  // A client that is just leaving is no longer told; its session's end is on the way.
  const ignore = () => undefined;
  return notes.onChange((change) => {
    if (change.kind === 'list') server.sendResourceListChanged().catch(ignore);
    else if (subscribed.has(change.uri)) server.sendResourceUpdated({ uri: change.uri }).catch(ignore);
  });
}
