/** The way of an HTTP request through the container: headers, rebinding check, guard, then MCP of its era. */
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/hono';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { authInfoOf, callerOf } from './guard/caller.ts';
import type { Guard } from './guard/guard.ts';
import { guarded, type GuardedEnv } from './guard/middleware.ts';
import { createMcpServer } from './mcp/server.ts';
import { followNotes } from './mcp/subscriptions.ts';
import type { NoteStore } from './notes/store.ts';
import { createSessions } from './sessions.ts';

const maxBodyBytes = 4 * 1_024 * 1_024;

export interface ContainerApp {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  close(): Promise<void>;
}

/** @param deps.report told of what went wrong inside; the peer learns only that something did */
export function createApp(deps: {
  guard: Guard;
  notes: NoteStore;
  report: (thrown: unknown) => void;
  sweepMs: number;
}): ContainerApp {
  const { guard, notes, report } = deps;

  const sessions = createSessions({
    serve(caller) {
      const server = createMcpServer(notes, caller);
      return { server, release: followNotes(server, notes) };
    },
    stillAdmits: (caller) => guard.stillAdmits(caller),
    maxBodyBytes,
    maxSessions: 1_000,
    sweepMs: deps.sweepMs,
  });
  const modern = createMcpHandler(({ authInfo }) => createMcpServer(notes, callerOf(authInfo)), {
    legacy: 'reject',
    maxRequestBodySize: maxBodyBytes,
  });
  const unfollow = notes.onChange((change) => {
    if (change.kind === 'list') modern.notify.resourcesChanged();
    else modern.notify.resourceUpdated(change.uri);
  });

  const app = new Hono<GuardedEnv>();
  app.use(async (context, next) => {
    await next();
    context.header('X-Content-Type-Options', 'nosniff');
    // no-transform too, or a proxy may hold a stream back to compress it.
    context.header('Cache-Control', 'no-store, no-transform');
  });
  // DNS rebinding: a web page can point its own name at loopback, but not change the Host and Origin it sends.
  // With a token there is nothing to gain by it, and behind a proxy the Host is the proxy's.
  if (guard.mode === 'local') app.use(localhostHostValidation());
  app.use(localhostOriginValidation());
  app.use(guarded(guard));
  app.all('/mcp', async (context) => {
    const request = context.req.raw;
    const caller = context.get('caller');
    if (await isLegacyRequest(request, undefined, { maxRequestBodySize: maxBodyBytes })) {
      return sessions.handle(request, caller);
    }
    return modern.fetch(request, { authInfo: authInfoOf(caller) });
  });
  app.onError((thrown, context) => {
    report(thrown);
    return context.json({ error: 'unavailable' }, 503);
  });

  return {
    fetch: (request) => app.fetch(request),
    async close() {
      unfollow();
      await Promise.all([sessions.close(), modern.close()]);
    },
  };
}
