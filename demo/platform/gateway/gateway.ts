/** The gateway of way A: from a user's program to their hosted container, with nothing of the program's word for who it is. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { JWTVerifyGetKey } from 'jose';
import { gatewayEndpoint, type ContainerRow } from '../../../shared/platform-api.ts';
import {
  describeResource,
  neededScope,
  type ProtectedResource,
} from '../../container/guard/protected-resource.ts';
import { createAccessTokenReader, type ReadAccessToken } from '../../tokens/access-token.ts';
import { readCredential } from '../../tokens/credential.ts';
import type { Accounts } from '../accounts.ts';
import { problemBody, problemType, type ProblemStatus } from '../api/problem.ts';
import type { Audit, AuditEntry } from '../audit.ts';
import type { Containers } from '../containers/containers.ts';
import type { Hosting } from '../hosting/hosting.ts';
import { isApiToken, type ApiTokens } from '../tokens/api-tokens.ts';
import type { createClaimSigner } from './claim.ts';
import { forward } from './forward.ts';
import type { Inside } from './inside.ts';

export interface GatewayDeps {
  readonly issuer: string;
  readonly accounts: Accounts;
  readonly containers: Containers;
  readonly tokens: ApiTokens;
  readonly hosting: Hosting;
  readonly inside: Inside;
  /** What the platform's tokens are checked by. */
  readonly keys: JWTVerifyGetKey;
  readonly signClaim: ReturnType<typeof createClaimSigner>;
  readonly audit: Audit;
  readonly report: (thrown: unknown) => void;
}

type Verdict =
  | { readonly userId: string; readonly token?: string }
  | { readonly refused: 'missing' | 'invalid' | 'insufficient_scope' };

const methods = ['GET', 'POST', 'DELETE'];

/** @returns answers what it is for, and says whether it did */
export function createGateway(
  deps: GatewayDeps,
): (...[request, response]: Parameters<RequestListener>) => boolean {
  const { issuer, accounts, containers, tokens, hosting, inside, audit, report } = deps;
  const readers = new Map<string, ReadAccessToken>();

  /** One for each container, as it remembers which proofs of possession it has seen. */
  const readerFor = (audience: string): ReadAccessToken => {
    const known = readers.get(audience);
    if (known !== undefined) return known;
    const reader = createAccessTokenReader({ keys: deps.keys, issuer, audience: () => audience });
    readers.set(audience, reader);
    return reader;
  };

  const verify = async ({ headers, method = '' }: IncomingMessage, audience: string): Promise<Verdict> => {
    const { authorization } = headers;
    const credential = readCredential(authorization);
    if (credential?.scheme === 'bearer' && isApiToken(credential.value)) {
      const token = await tokens.find(credential.value);
      if (token === undefined) return { refused: 'invalid' };
      if (!token.scopes.includes(neededScope)) return { refused: 'insufficient_scope' };
      return { userId: token.userId, token: token.id };
    }
    const proof = typeof headers['dpop'] === 'string' ? headers['dpop'] : undefined;
    const token = await readerFor(audience)({ method, authorization, proof });
    if ('refused' in token) return token;
    const { sub = '', scope } = token.claims;
    if (typeof scope !== 'string' || !scope.split(' ').includes(neededScope))
      return { refused: 'insufficient_scope' };
    return { userId: sub };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    const { method = '' } = request;
    const row = await containers.find(id);
    const resource = describeResource(gatewayEndpoint(issuer, id), issuer);
    // What is not there looks as what is somebody else's does.
    const { authorization } = request.headers;
    const unknown = { refused: authorization === undefined ? 'missing' : 'invalid' } as const;
    const verdict = row?.type === 'hosted' ? await verify(request, resource.url) : unknown;
    const known = {
      event: 'gateway',
      container: row?.id,
      method: methods.includes(method) ? method : undefined,
      address: request.socket.remoteAddress,
    } as const;
    if ('refused' in verdict) {
      audit({ ...known, outcome: 'refused' });
      challenge(response, verdict.refused, resource);
      return;
    }
    const by = { ...known, user: verdict.userId, token: verdict.token };
    if (!(await mayEnter(row, verdict.userId))) {
      audit({ ...by, outcome: 'refused' });
      answer(response, 403, 'This container is somebody else’s.');
      return;
    }
    if (!methods.includes(method)) {
      answer(response, 405, 'MCP has no such method.');
      return;
    }
    const calls = isCall(request);
    if (!calls && hosting.running(id) === undefined) {
      // A session that it would end has ended with its process.
      const [status, detail] =
        method === 'DELETE' ? ([404, 'There is no session.'] as const) : ([503, 'It sleeps.'] as const);
      audit({ ...by, outcome: 'ok', status });
      answer(response, status, detail);
      return;
    }
    const endUse = calls ? hosting.use(id) : () => undefined;
    await pass(request, response, { id, userId: verdict.userId, by }).finally(endUse);
  };

  const pass = async (
    request: IncomingMessage,
    response: ServerResponse,
    { id, userId, by }: { id: string; userId: string; by: Omit<AuditEntry, 'outcome'> },
  ): Promise<void> => {
    const failed = (status: 502 | 503, detail: string) => (thrown: unknown) => {
      audit({ ...by, outcome: 'failed', status });
      report(thrown);
      if (response.headersSent || response.destroyed) response.destroy();
      else answer(response, status, detail);
    };
    const started = await hosting.wake(id).catch(failed(503, 'The container does not start.'));
    // Or nobody waits any more: nothing was sent, and nothing will be.
    if (started === undefined || response.destroyed) return;
    const [agent, claim] = await Promise.all([inside.agent(id), deps.signClaim({ userId, containerId: id })]);
    const status = await forward(request, response, { port: started.port, agent, claim }).catch(
      failed(502, 'The container does not answer.'),
    );
    if (status !== undefined) audit({ ...by, outcome: 'ok', status });
  };
  const mayEnter = async (row: ContainerRow | undefined, userId: string) =>
    row?.user_id === userId && (await accounts.byId(userId)) !== undefined;

  return (request, response) => {
    const [pathname = ''] = (request.url ?? '').split('?');
    const [, wellKnown, id = ''] = route.exec(pathname) ?? [];
    if (id === '') return false;
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store, no-transform');
    if (wellKnown !== undefined) {
      const { metadata } = describeResource(gatewayEndpoint(issuer, id), issuer);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(metadata));
      return true;
    }
    serve(request, response, id).catch((thrown: unknown) => {
      report(thrown);
      if (response.headersSent) response.destroy();
      else answer(response, 500, 'Something went wrong here.');
    });
    return true;
  };
}

const route = /^(\/\.well-known\/oauth-protected-resource)?\/api\/v1\/c\/([a-z0-9_-]{1,64})\/mcp$/;

/** What wakes a container and keeps it awake: all but listening to what it may have to tell, and the end of a session. */
function isCall({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && headers['mcp-method'] !== 'subscriptions/listen';
}

/** RFC 6750 §3, with where to get a better token (RFC 9728 §5.1). */
function challenge(
  response: ServerResponse,
  reason: 'missing' | 'invalid' | 'insufficient_scope',
  { metadataUrl }: ProtectedResource,
): void {
  const error = reason === 'invalid' ? 'invalid_token' : reason;
  const told = reason === 'missing' ? '' : `error="${error}", `;
  const where = `${told}scope="${neededScope}", resource_metadata="${metadataUrl.href}"`;
  response.setHeader('WWW-Authenticate', `Bearer realm="platform", ${where}, DPoP algs="ES256", ${where}`);
  if (reason === 'insufficient_scope')
    answer(response, 403, `The token does not have the scope ${neededScope}.`);
  else answer(response, 401, 'A token of this platform for this container is needed.');
}

function answer(response: ServerResponse, status: ProblemStatus, detail: string): void {
  // What was not read of the request is not waited for.
  response.writeHead(status, { ...problemType, Connection: 'close' }).end(problemBody(status, detail));
}
