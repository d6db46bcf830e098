/** A container behind a real authorization server, and a broker whose browser is a program: all on loopback. */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { onTestFinished, vi } from 'vitest';
import type { Broker, CredentialOwner } from '../../electron/credentials/broker.ts';
import { createBroker } from '../../electron/credentials/create-broker.ts';
import { createDiscovery } from '../../electron/credentials/discovery/create-discovery.ts';
import type { Discovery, GuardedFetch } from '../../electron/credentials/discovery/discovered.ts';
import { createGuardedFetch } from '../../electron/credentials/discovery/guarded-fetch.ts';
import type { HttpResponse } from '../../electron/credentials/exchange.ts';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../electron/credentials/vault.ts';
import type { AuditEvent } from '../../shared/audit.ts';
import { systemClock, type Clock } from '../../electron/runtime/clock.ts';
import { createLogger, type LogRecord } from '../../electron/runtime/logger.ts';
import type { Secret } from '../../electron/runtime/secret.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { container, type Container } from '../../shared/container.ts';
import { startAuthorizationServer, type AuthorizationServer } from './authorization-server.ts';
import { requestTo, startWebServer } from './web-server.ts';

type ServerOptions = Parameters<typeof startAuthorizationServer>[0];

export interface ProtectedContainer {
  readonly url: URL;
  /** Requests to /mcp by their answer. */
  readonly answers: Map<number, number>;
  /** Refuses every token from now on. */
  refuseAll: boolean;
  /** Wants this scope besides a valid token. */
  needs: string | undefined;
  /** Of the last request that was let in. */
  scheme: string | undefined;
  /** Asks for a DPoP nonce. */
  nonce: string | undefined;
  /** Knows nothing of DPoP. */
  bearerOnly: boolean;
  /** Who it says lets people in. */
  issuer: string;
}

export const browserProgram = fileURLToPath(new URL('./browser.mjs', import.meta.url));

/** Decides by the Bearer token alone, as a container behind an outside identity provider does. */
export type Guard = (token: string, server: AuthorizationServer) => Promise<boolean>;

/**
 * @param serve answers who is let in; default: with two words
 * @param admits in place of the look into the server's own tokens
 */
export async function startProtectedContainer(
  server: AuthorizationServer,
  serve: RequestListener = (_, response) => response.end('let in'),
  admits?: Guard,
): Promise<ProtectedContainer> {
  const answers = new Map<number, number>();
  const challenge = (error?: string, scope?: string) =>
    [
      `Bearer resource_metadata="${new URL('/.well-known/oauth-protected-resource/mcp', web.url).href}"`,
      ...(error === undefined ? [] : [`error="${error}"`]),
      ...(scope === undefined ? [] : [`scope="${scope}"`]),
    ].join(', ');
  const count = (status: number) => answers.set(status, (answers.get(status) ?? 0) + 1);
  const answer = (response: ServerResponse, status: number, headers: Record<string, string> = {}) => {
    count(status);
    response.writeHead(status, headers).end();
  };
  const guard = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/.well-known/oauth-protected-resource') === true) {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          resource: web.url.href,
          authorization_servers: [state.issuer],
          scopes_supported: ['mcp:tools'],
        }),
      );
      return;
    }
    if (request.url !== '/mcp') {
      response.writeHead(404).end();
      return;
    }
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
    if (admits !== undefined) {
      const mayEnter = !state.refuseAll && scheme === 'Bearer' && (await admits(value, server));
      if (mayEnter) letIn();
      else answer(response, 401, { 'www-authenticate': challenge() });
      return;
    }
    const token =
      (await server.provider.AccessToken.find(value)) ??
      (await server.provider.ClientCredentials.find(value));
    const scopes = token?.scope?.split(' ') ?? [];
    const isFor = [token?.aud].flat().includes(web.url.href);
    const boundTo = (token as { jkt?: string } | undefined)?.jkt;
    if (state.refuseAll || token === undefined || token.isExpired || !isFor) {
      answer(response, 401, { 'www-authenticate': challenge() });
    } else if (boundTo !== undefined && !state.bearerOnly) {
      const proof = await proofOf(request, web.url, value);
      if (scheme !== 'DPoP' || proof?.thumbprint !== boundTo) {
        answer(response, 401, { 'www-authenticate': `DPoP error="invalid_token", ${challenge()}` });
      } else if (state.nonce !== proof.nonce) {
        answer(response, 401, {
          'www-authenticate': 'DPoP error="use_dpop_nonce"',
          'dpop-nonce': state.nonce ?? '',
        });
      } else letIn(scopes);
    } else if (scheme !== 'Bearer') {
      answer(response, 401, { 'www-authenticate': challenge() });
    } else letIn(scopes);

    function letIn(scopes: readonly string[] = []) {
      if (state.needs !== undefined && !scopes.includes(state.needs)) {
        answer(response, 403, { 'www-authenticate': challenge('insufficient_scope', state.needs) });
        return;
      }
      state.scheme = scheme;
      count(200);
      serve(request, response);
    }
  };
  const web = await startWebServer((request, response) => void guard(request, response));
  onTestFinished(() => web[Symbol.asyncDispose]());
  const state: ProtectedContainer = {
    url: web.url,
    answers,
    refuseAll: false,
    needs: undefined,
    scheme: undefined,
    nonce: undefined,
    bearerOnly: false,
    issuer: server.issuer,
  };
  return state;
}

async function proofOf({ headers, method }: IncomingMessage, url: URL, token: string) {
  try {
    const { payload, protectedHeader } = await jwtVerify(String(headers['dpop']), EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
    });
    const { htm, htu, ath, nonce } = payload;
    if (htm !== method || htu !== url.href) return undefined;
    if (ath !== createHash('sha256').update(token).digest('base64url')) return undefined;
    return { thumbprint: await calculateJwkThumbprint(protectedHeader.jwk ?? {}), nonce };
  } catch {
    return undefined;
  }
}

export interface Rig {
  readonly server: AuthorizationServer;
  readonly container: ProtectedContainer;
  readonly broker: Broker;
  readonly owner: CredentialOwner;
  readonly vault: Vault;
  readonly logs: LogRecord[];
  readonly printed: string[];
  /** What was put on record. */
  readonly audited: readonly AuditEvent[];
  /** The URLs that browsers were opened with. */
  readonly opened: () => string[];
  /** One request of a client; its status. */
  call(more?: { lane?: 'call' | 'signal' | 'stream'; signal?: AbortSignal }): Promise<number>;
  /** A broker on the same vault, as after a restart of the core. */
  restart(): Broker;
  callWith(broker: Broker, owner?: CredentialOwner): Promise<number>;
  env: NodeJS.ProcessEnv;
}

export interface RigOptions extends NonNullable<ServerOptions> {
  readonly auth?: Record<string, unknown> | ((server: AuthorizationServer) => Record<string, unknown>);
  readonly admits?: Guard;
  readonly browser?: string;
  /** `closed`: the person closes every tab. */
  readonly mode?: 'closed';
  readonly vault?: Vault;
  readonly waitMs?: number;
  readonly patienceMs?: number;
  readonly clock?: Clock;
  /** Handed in with the connection: a client secret. */
  readonly handedIn?: Secret;
  /** Between the broker and what it discovers. */
  readonly discovery?: (real: Discovery) => Discovery;
  readonly fetch?: (real: GuardedFetch) => GuardedFetch;
}

export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const server = await startAuthorizationServer(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const guarded = await startProtectedContainer(server, undefined, options.admits);
  const auth = typeof options.auth === 'function' ? options.auth(server) : options.auth;
  const log = join(tmpdir(), `fairlead-browser-${randomUUID()}`);
  onTestFinished(() => rmSync(log, { force: true }));
  const env: NodeJS.ProcessEnv = { FAIRLEAD_BROWSER: options.browser ?? browserProgram };
  // The opener inherits this process's environment.
  vi.stubEnv('BROWSER_LOG', log);
  vi.stubEnv('BROWSER_MODE', options.mode);

  const client = createHttpClient({ tls: {}, env: {} });
  onTestFinished(() => client.close());
  const vault = options.vault ?? createMemoryVault();
  const logs: LogRecord[] = [];
  const printed: string[] = [];
  const audited: AuditEvent[] = [];
  const logger = createLogger({ level: 'debug', now: Date.now, write: (record) => void logs.push(record) });
  const fetchFor = ({ url }: Container): GuardedFetch => {
    const real = createGuardedFetch({ open: () => client.send, configured: [new URL(url)] });
    return options.fetch?.(real) ?? real;
  };
  const makeBroker = () => {
    const real = createDiscovery({ fetch: fetchFor, clock: systemClock });
    const broker = createBroker({
      vault,
      oauth: {
        discovery: options.discovery?.(real) ?? real,
        fetch: fetchFor,
        metadataDocument: undefined,
        clock: options.clock ?? systemClock,
        logger,
        env,
        print: (line) => void printed.push(line),
        audit: (event) => void audited.push(event),
        platform: { current: () => undefined, remember: () => undefined },
        ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
        ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
      },
    });
    onTestFinished(() => broker.close());
    return broker;
  };
  const broker = makeBroker();
  const owner: CredentialOwner = {
    configured: true,
    ...(options.handedIn === undefined ? {} : { handedIn: options.handedIn }),
    container: container.parse({
      name: 'notes',
      url: guarded.url.href,
      auth: { method: 'oauth', ...auth },
    }),
  };
  const rig: Rig = {
    server,
    container: guarded,
    broker,
    owner,
    vault,
    logs,
    printed,
    audited,
    env,
    opened: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    call: async (more = {}) => statusOf(await send(requestTo(guarded.url, more))),
    restart: makeBroker,
    callWith: async (other, of = owner) =>
      statusOf(await other.authenticated(of, client.send)(requestTo(guarded.url))),
  };
  const send = broker.authenticated(owner, client.send);
  return rig;
}

/** The person enters the code that waits for them, in a browser that is not this machine's. */
export function enterCode(rig: Rig): void {
  const [pending] = rig.broker.pending();
  if (pending?.userCode === undefined) throw new Error('No code waits to be entered.');
  spawn(browserProgram, [pending.url], {
    stdio: 'ignore',
    env: { ...process.env, BROWSER_CODE: pending.userCode },
  });
}

function statusOf(response: HttpResponse): number {
  response.discard();
  return response.status;
}
