/** The way of an HTTP request through the container: headers, rebinding check, guard, then MCP of its era. */
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/hono';
import { isLegacyRequest } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import type { Audit } from './audit.ts';
import { ownerOf, type Caller } from './guard/caller.ts';
import type { Guard } from './guard/guard.ts';
import { guarded, type GuardedEnv } from './guard/middleware.ts';
import type { TenantLimit } from './guard/tenant-limit.ts';
import { createMcpServer } from './mcp/server.ts';
import { followNotes } from './mcp/subscriptions.ts';
import { createModern } from './modern.ts';
import type { NoteStores } from './notes/stores.ts';
import { createSessions } from './sessions.ts';
import { createSseSessions } from './sse.ts';

const maxBodyBytes = 4 * 1_024 * 1_024;
const maxSessions = 1_000;
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const paths = ['/mcp', '/sse', '/messages'];

export interface ContainerApp {
  readonly fetch: (request: Request, env: GuardedEnv['Bindings']) => Response | Promise<Response>;
  close(): Promise<void>;
}

export interface AppDeps {
  readonly guard: Guard;
  readonly limit: TenantLimit | undefined;
  readonly stores: NoteStores;
  /** Whether it is served by TLS. */
  readonly isSecure: boolean;
  /** Left out, no lines are kept. */
  readonly audit: Audit | undefined;
  /** Told of what went wrong inside; the peer learns only that something did. */
  readonly report: (thrown: unknown) => void;
  readonly sweepMs: number;
}

export function createApp(deps: AppDeps): ContainerApp {
  const { guard, stores, report } = deps;
  const common = {
    async serve(caller: Caller) {
      const notes = await stores.for(caller);
      const server = createMcpServer(notes, caller);
      return { server, release: followNotes(server, notes) };
    },
    stillAdmits: (caller: Caller) => guard.stillAdmits(caller),
    maxBodyBytes,
    maxSessions,
    sweepMs: deps.sweepMs,
  };
  const sessions = createSessions(common);
  const sse = createSseSessions(common);
  const modern = createModern({ stores, maxBodyBytes });

  const app = new Hono<GuardedEnv>();
  addHeaders(app, deps.isSecure);
  if (deps.audit !== undefined) addAudit(app, guard, deps.audit);
  addRebindingChecks(app, guard);
  app.use(guarded(guard, deps.limit));
  app.all('/mcp', async (context) => {
    const request = context.req.raw;
    const caller = context.get('caller');
    if (await isLegacyRequest(request, undefined, { maxRequestBodySize: maxBodyBytes })) {
      return sessions.handle(request, caller);
    }
    return modern.handle(request, caller);
  });
  app.get('/sse', (context) => sse.open(context.get('caller')));
  app.post('/messages', (context) => sse.receive(context.req.raw, context.get('caller')));
  app.onError((thrown, context) => {
    report(thrown);
    return context.json({ error: 'unavailable' }, 503);
  });

  return {
    fetch: (request, env) => app.fetch(request, env),
    async close() {
      await Promise.all([sessions.close(), sse.close(), modern.close()]);
    },
  };
}

function addHeaders(app: Hono<GuardedEnv>, isSecure: boolean): void {
  app.use(async (context, next) => {
    await next();
    context.header('X-Content-Type-Options', 'nosniff');
    // no-transform too, or a proxy may hold a stream back to compress it.
    context.header('Cache-Control', 'no-store, no-transform');
    // Nothing here is a page: opened as one it may load nothing, and stand in no other.
    context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    context.header('Cross-Origin-Resource-Policy', 'same-origin');
    context.header('Referrer-Policy', 'no-referrer');
    if (isSecure) context.header('Strict-Transport-Security', 'max-age=31536000');
  });
}

function addAudit(app: Hono<GuardedEnv>, { mode }: Guard, audit: Audit): void {
  app.use(async (context, next) => {
    const begunAtMs = performance.now();
    await next();
    const caller = context.get('caller') as Caller | undefined;
    const owner = caller === undefined ? undefined : ownerOf(caller);
    audit.write({
      mode,
      tenant: owner?.tenantId,
      user: owner?.userId,
      method: context.req.method,
      path: paths.includes(context.req.path) ? context.req.path : 'other',
      status: context.res.status,
      ms: Math.round(performance.now() - begunAtMs),
    });
  });
}

/**
 * DNS rebinding: a web page can point its own name at loopback, but not change the Host and Origin it sends. With a
 * token there is nothing to gain by it, and behind a proxy the Host is one that only config.yaml can tell.
 */
function addRebindingChecks(app: Hono<GuardedEnv>, { mode, publicHost }: Guard): void {
  const names = publicHost === undefined ? loopbackNames : [...loopbackNames, publicHost];
  if (mode === 'local' || publicHost !== undefined) app.use(hostHeaderValidation(names));
  app.use(originValidation(names));
}
