/** MCP of 2026-07-28, which has no sessions: one handler for each owner, so that none hears of another's changes. */
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { authInfoOf, callerOf, ownerOf, type Caller } from './guard/caller.ts';
import { createMcpServer } from './mcp/server.ts';
import { ownerKey, type NoteStores } from './notes/stores.ts';

const mostOwners = 1_000;

interface Served {
  readonly handler: McpHttpHandler;
  close(): Promise<void>;
}

export interface Modern {
  handle(request: Request, caller: Caller): Promise<Response>;
  close(): Promise<void>;
}

export function createModern(deps: { stores: NoteStores; maxBodyBytes: number }): Modern {
  const { stores, maxBodyBytes } = deps;
  const served = new Map<string, Promise<Served>>();

  const serve = async (caller: Caller): Promise<Served> => {
    const notes = await stores.for(caller);
    const handler = createMcpHandler(
      async ({ authInfo }) => {
        const known = callerOf(authInfo);
        return createMcpServer(await stores.for(known), known);
      },
      { legacy: 'reject', maxRequestBodySize: maxBodyBytes },
    );
    const unfollow = notes.onChange((change) => {
      if (change.kind === 'list') handler.notify.resourcesChanged();
      else handler.notify.resourceUpdated(change.uri);
    });
    return {
      handler,
      close() {
        unfollow();
        return handler.close();
      },
    };
  };

  return {
    async handle(request, caller) {
      const owner = ownerOf(caller);
      const key = owner === undefined ? '' : ownerKey(owner);
      const one = served.get(key) ?? serve(caller);
      served.delete(key);
      served.set(key, one);
      one.catch(() => served.delete(key));
      const [oldest] = served;
      if (served.size > mostOwners && oldest !== undefined) {
        served.delete(oldest[0]);
        void oldest[1].then((each) => each.close()).catch(() => undefined);
      }
      return (await one).handler.fetch(request, { authInfo: authInfoOf(caller) });
    },
    async close() {
      await Promise.allSettled([...served.values()].map(async (each) => (await each).close()));
    },
  };
}
