/** Beside the path: the platform's API (docs/platform-api.md), as far as Fairlead uses it. */
import { z } from 'zod';
import {
  containerRow,
  createdToken,
  issuedCertificate,
  lastEventHeader,
  tokenRow,
  type ContainerChanges,
  type ContainerRow,
  type IssuedCertificate,
  type NewContainer,
  type newToken,
  type TokenRow,
} from '../../shared/platform-api.ts';
import { platformApi, platformUser, type PlatformUser } from '../../shared/platform.ts';
import type { HttpResponse, Send } from '../credentials/exchange.ts';
import { Secret } from '../runtime/secret.ts';
import { createApiExchange, type ApiCall } from './exchange.ts';

export interface ContainerList {
  readonly rows: readonly ContainerRow[];
  /** Rows that this version cannot read. */
  readonly leftOut: number;
  /** The last event that the rows have in them; undefined where the platform does not say. */
  readonly lastEvent: string | undefined;
}

/** `secret`: told this once, and nowhere else. */
export interface NewApiToken {
  readonly token: TokenRow;
  readonly secret: Secret;
}

/** Each rejects as ApiExchange does. `issuer`: the platform that is signed in to. */
export interface PlatformClient {
  /** Whose token it is. */
  me(issuer: string, signal?: AbortSignal): Promise<PlatformUser>;
  containers(issuer: string, signal?: AbortSignal): Promise<ContainerList>;
  /** The head of the stream of events, whatever its status. @param after the last event that is known */
  events(issuer: string, after: string, signal: AbortSignal): Promise<HttpResponse>;
  register(issuer: string, wanted: NewContainer): Promise<ContainerRow>;
  change(issuer: string, id: string, changes: ContainerChanges): Promise<ContainerRow>;
  remove(issuer: string, id: string): Promise<void>;
  /** It is begun when this resolves; an event says how it ends. */
  start(issuer: string, id: string, signal?: AbortSignal): Promise<ContainerRow>;
  stop(issuer: string, id: string, signal?: AbortSignal): Promise<ContainerRow>;
  /** @param csr PKCS#10, PEM */
  certificate(issuer: string, id: string, csr: string): Promise<IssuedCertificate>;
  tokens(issuer: string): Promise<readonly TokenRow[]>;
  createToken(issuer: string, wanted: z.input<typeof newToken>): Promise<NewApiToken>;
  revokeToken(issuer: string, id: string): Promise<void>;
}

/** @param send carries the account's credential (Broker's `platform.authenticated`) */
export function createPlatformClient({ send }: { send: Send }): PlatformClient {
  const exchange = createApiExchange(send);
  const container = (
    issuer: string,
    id: string | undefined,
    more: Omit<ApiCall, 'url' | 'subject'> & { deed?: 'start' | 'stop' | 'certificates' },
  ): ApiCall => {
    const { deed, ...call } = more;
    const path = ['containers', id, deed].filter((part) => part !== undefined).map(encodeURIComponent);
    return { ...call, url: `${platformApi(issuer)}/${path.join('/')}`, subject: 'container' };
  };
  const tokensAt = (issuer: string, ...id: string[]) => ({
    url: `${platformApi(issuer)}/${['tokens', ...id].map(encodeURIComponent).join('/')}`,
    subject: 'token' as const,
  });
  const row = async (call: ApiCall) => (await exchange.ask(call, containerRow)).value;

  return {
    async me(issuer, signal) {
      const call = { url: `${platformApi(issuer)}/me`, subject: 'account', signal } as const;
      return (await exchange.ask(call, platformUser)).value;
    },
    async containers(issuer, signal) {
      const call = { ...container(issuer, undefined, { signal }), subject: 'account' } as const;
      const { value, header } = await exchange.ask(call, z.array(z.unknown()));
      // One of a later version must not hide the others.
      const rows = value.flatMap((each) => containerRow.safeParse(each).data ?? []);
      return {
        ...{ rows, leftOut: value.length - rows.length },
        lastEvent: header(lastEventHeader.toLowerCase()),
      };
    },
    events: (issuer, after, signal) =>
      exchange.open({
        ...{ url: `${platformApi(issuer)}/events`, subject: 'account', signal },
        headers: { accept: 'text/event-stream', [lastEventHeader.toLowerCase()]: after },
      }),
    register: (issuer, wanted) => row(container(issuer, undefined, { method: 'POST', body: wanted })),
    change: (issuer, id, changes) => row(container(issuer, id, { method: 'PATCH', body: changes })),
    remove: (issuer, id) => exchange.tell(container(issuer, id, { method: 'DELETE' })),
    start: (issuer, id, signal) => row(container(issuer, id, { method: 'POST', deed: 'start', signal })),
    stop: (issuer, id, signal) => row(container(issuer, id, { method: 'POST', deed: 'stop', signal })),
    async certificate(issuer, id, csr) {
      const call = container(issuer, id, { method: 'POST', deed: 'certificates', body: { csr } });
      return (await exchange.ask(call, issuedCertificate)).value;
    },
    tokens: async (issuer) => (await exchange.ask(tokensAt(issuer), z.array(tokenRow))).value,
    async createToken(issuer, wanted) {
      const call = { ...tokensAt(issuer), method: 'POST', body: wanted } as const;
      const { token: secret, ...token } = (await exchange.ask(call, createdToken)).value;
      return { token, secret: new Secret(secret) };
    },
    revokeToken: (issuer, id) => exchange.tell({ ...tokensAt(issuer, id), method: 'DELETE' }),
  };
}
