import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { CredentialOwner } from '../../../electron/credentials/broker.ts';
import { createLogger } from '../../../electron/runtime/logger.ts';
import { createUpstreamPool } from '../../../electron/upstream/upstream-pool.ts';
import { container } from '../../../shared/container.ts';
import { openAuthorityOf } from '../../support/platform-authority.ts';
import { startCertificateServer } from '../../support/certificate-server.ts';
import { openPlatformRig, type PlatformRigOptions } from '../../support/platform-rig.ts';
import { openSessionClient } from '../../support/session-client.ts';

const logger = createLogger({ level: 'error', now: () => 0, write: () => undefined });

/** Of certificates that last a day, so that no machine is too slow for them. */
const afterSeconds = (seconds: number) => () => seconds / (24 * 60 * 60);

/** A person who is signed in, and a server of theirs that takes the platform's certificates. */
async function opened(options: PlatformRigOptions = {}, server: { slowMs?: number } = {}) {
  const rig = await openPlatformRig(options);
  const { issuer } = rig.platform;
  await rig.account.login({ issuer, fresh: false });
  const { id, chain } = await openAuthorityOf(rig);
  const served = await startCertificateServer(chain, server);
  const owner: CredentialOwner = {
    configured: true,
    container: container.parse({
      name: 'notes',
      url: served.url.href,
      auth: { method: 'none' },
      tls: { ca: served.ca, clientCertificate: 'platform' },
      platform: { id, type: 'external' },
    }),
  };
  const pool = createUpstreamPool({ env: {}, broker: rig.broker, logger });
  onTestFinished(() => pool.close());
  const client = openSessionClient(served.url, { through: () => pool.get(owner) });
  onTestFinished(() => client[Symbol.asyncDispose]());
  return { rig, served, owner, pool, client };
}

test(
  'no call fails and no message is lost while certificates are renewed again and again',
  { timeout: 90_000 },
  async () => {
    const { client, served } = await opened({ renewAt: afterSeconds(3) }, { slowMs: 30 });
    await client.greet();
    await vi.waitFor(() => expect(served.listened()).toBe(1), { timeout: 40_000 });
    const answers: (string | undefined)[] = [];
    let said = 0;
    let next = 0;
    const load = new AbortController();
    const callers = Array.from({ length: 6 }, async () => {
      while (!load.signal.aborted) {
        next += 1;
        const { error } = await client.ask(next, 'tools/call', { name: 'echo' });
        answers.push(error === undefined ? undefined : `${error.data?.code ?? ''} ${error.message}`);
      }
    });
    const speaker = (async () => {
      while (!load.signal.aborted) {
        said += 1;
        served.notify(1);
        await sleep(7);
      }
    })();
    await vi.waitFor(() => expect(served.seen.size).toBeGreaterThanOrEqual(4), {
      timeout: 60_000,
      interval: 50,
    });
    await vi.waitFor(() => expect(answers.length).toBeGreaterThan(200), { timeout: 60_000 });
    load.abort();
    await Promise.all([...callers, speaker]);
    expect(answers.filter((failure) => failure !== undefined)).toEqual([]);
    expect(served.late()).toBe(0);
    expect(served.listened()).toBeGreaterThanOrEqual(4);
    await vi.waitFor(() => expect(client.heardOf('notifications/message').length).toBe(said), {
      timeout: 40_000,
    });
    const order = client.heardOf('notifications/message').map(({ params }) => params?.['data']);
    expect(order).toEqual(Array.from({ length: said }, (_, at) => at + 1));
    // What the old ones carried is done: the stream, the callers' and no more.
    await vi.waitFor(() => expect(served.connections()).toBeLessThanOrEqual(10), { timeout: 40_000 });
  },
);

test(
  'a call that outlasts its certificate is answered on the connection that it began on',
  { timeout: 60_000 },
  async () => {
    const { client, served } = await opened({ renewAt: afterSeconds(2) }, { slowMs: 6_000 });
    await client.greet();
    const long = client.ask('long', 'tools/call', { name: 'slow' });
    // The stream that listens moves on to the next certificate meanwhile.
    await vi.waitFor(() => expect(served.seen.size).toBeGreaterThanOrEqual(2), { timeout: 30_000 });
    expect((await long).result).toBeDefined();
  },
);
