/** A platform, containers of one of its users, and a broker whose person has a browser: all real, all on loopback. */
import { onTestFinished } from 'vitest';
import type { NewUser } from '../../demo/platform/accounts.ts';
import type { Broker } from '../../electron/credentials/broker.ts';
import { createBroker } from '../../electron/credentials/create-broker.ts';
import { createDiscovery } from '../../electron/credentials/discovery/create-discovery.ts';
import type { GuardedFetch } from '../../electron/credentials/discovery/discovered.ts';
import { createGuardedFetch } from '../../electron/credentials/discovery/guarded-fetch.ts';
import type { IssueCertificate } from '../../electron/credentials/certificates/platform-certificate.ts';
import type { HttpRequest, Send } from '../../electron/credentials/exchange.ts';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../electron/credentials/vault.ts';
import { createAccount, type Account } from '../../electron/platform/account.ts';
import { createPlatformClient } from '../../electron/platform/client.ts';
import { createPlatformHomes } from '../../electron/platform/homes.ts';
import { systemClock } from '../../electron/runtime/clock.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { container, type Container } from '../../shared/container.ts';
import type { PlatformSetting } from '../../shared/platform.ts';
import { initializeBody } from '../demo/container/running.ts';
import { maya, openPlatform, type TestPlatform } from '../demo/platform/running.ts';
import { openMayaContainer } from './maya-container.ts';
import { createPersonsBrowser, type PersonsBrowser } from './persons-browser.ts';

export interface PlatformRig {
  readonly platform: TestPlatform;
  readonly browser: PersonsBrowser;
  readonly broker: Broker;
  readonly account: Account;
  readonly vault: Vault;
  /** Requests without a credential. */
  readonly send: Send;
  /** What `config.json` would keep. */
  readonly kept: { setting: PlatformSetting | undefined };
  /** Requests to the token endpoint by grant type and status, such as `refresh_token 200`. */
  readonly asked: Map<string, number>;
  /** The access tokens that went out, newest last. */
  readonly sent: string[];
  /** Answers of containers, by status. */
  readonly answers: Map<number, number>;
  /** A container of Maya's; its URL. */
  addContainer(id: string): Promise<string>;
  /** One `initialize` of a client; its status. */
  call(url: string, more?: { broker?: Broker; scope?: string; issuer?: string }): Promise<number>;
  /** A broker and an account on the same vault, as after a restart of the core. */
  restart(): { broker: Broker; account: Account };
}

export interface PlatformRigOptions {
  /** Left out: one of its own. */
  readonly platform?: TestPlatform;
  readonly accessTokenSeconds?: number;
  readonly certificateSeconds?: number;
  /** See PlatformCertificate. */
  readonly renewAt?: () => number;
  /** Between the broker and the platform that issues certificates. */
  readonly issue?: (real: IssueCertificate) => IssueCertificate;
  readonly person?: NewUser;
  readonly vault?: Vault;
  readonly waitMs?: number;
  /** As FAIRLEAD_PLATFORM names it; left out, nobody does. */
  readonly named?: boolean;
}

export async function openPlatformRig(options: PlatformRigOptions = {}): Promise<PlatformRig> {
  const { accessTokenSeconds = 300, certificateSeconds, renewAt, waitMs = 20_000 } = options;
  const platform = options.platform ?? (await openPlatform({ accessTokenSeconds, certificateSeconds }));
  const browser = createPersonsBrowser(options.person ?? maya);
  onTestFinished(() => browser.remove());
  const http = createHttpClient({ tls: {}, env: {} });
  onTestFinished(() => http.close());
  const vault = options.vault ?? createMemoryVault();
  const kept: PlatformRig['kept'] = { setting: undefined };
  const homes = createPlatformHomes({
    kept: {
      platform: () => kept.setting,
      rememberPlatform: (setting) => (kept.setting = setting),
    },
    env: options.named === true ? { FAIRLEAD_PLATFORM: platform.issuer } : {},
  });
  const asked = new Map<string, number>();
  const answers = new Map<number, number>();
  const sent: string[] = [];
  const count = <K>(of: Map<K, number>, key: K) => of.set(key, (of.get(key) ?? 0) + 1);

  const fetchFor = ({ url }: Container): GuardedFetch => {
    const real = createGuardedFetch({ open: () => http.send, configured: [new URL(url)] });
    return async (address, init) => {
      const response = await real(address, init);
      if (init.body instanceof URLSearchParams && new URL(address).pathname === '/token')
        count(asked, `${init.body.get('grant_type') ?? ''} ${response.status}`);
      return response;
    };
  };
  const watched: Send = async (request) => {
    const [, token] = request.headers['authorization']?.split(' ') ?? [];
    if (token !== undefined) sent.push(token);
    const response = await http.send(request);
    count(answers, response.status);
    return response;
  };
  const restart = () => {
    const issue: IssueCertificate = ({ issuer, containerId, csr }) =>
      client.certificate(issuer, containerId, csr);
    const broker = createBroker({
      vault,
      oauth: {
        discovery: createDiscovery({ fetch: fetchFor, clock: systemClock }),
        fetch: fetchFor,
        metadataDocument: undefined,
        clock: systemClock,
        logger: createLogger({ level: 'error', now: () => 0, write: () => undefined }),
        env: { FAIRLEAD_BROWSER: browser.program },
        print: () => undefined,
        platform: homes,
        waitMs,
      },
      issue: options.issue?.(issue) ?? issue,
      ...(renewAt !== undefined && { renewAt }),
    });
    onTestFinished(() => broker.close());
    const client = createPlatformClient({ send: broker.platform.authenticated(http.send) });
    return { broker, account: createAccount({ broker, client, homes, clock: systemClock }) };
  };
  const first = restart();

  return {
    platform,
    browser,
    ...first,
    vault,
    send: http.send,
    kept,
    asked,
    sent,
    answers,
    restart,
    addContainer: (id) => openMayaContainer(platform, id),
    async call(url, { broker = first.broker, ...auth } = {}) {
      const owner = { configured: true, container: platformContainer(url, auth) };
      const response = await broker.authenticated(owner, watched)(initializeRequest(url));
      response.discard();
      return response.status;
    },
  };
}

export function platformContainer(url: string, auth: { scope?: string; issuer?: string } = {}): Container {
  return container.parse({ name: 'notes', url, auth: { method: 'platform_token', ...auth } });
}

function initializeRequest(url: string): HttpRequest {
  return {
    method: 'POST',
    url: new URL(url),
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: Buffer.from(initializeBody),
    signal: AbortSignal.timeout(30_000),
    lane: 'call',
  };
}
