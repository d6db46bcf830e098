import * as sse from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { test } from 'vitest';
import { startEverythingServer } from '../support/everything-server.ts';
import { endpointProgram, openProfile } from '../support/fairlead.ts';
import { takeTour } from './everything-tour.ts';

/** Deprecated, as the transport is; there are such servers all the same. */
const { SSEClientTransport }: { SSEClientTransport: new (url: URL) => Transport } = sse;

/** Sent on `initialized`, before a client can have its listening stream up: who hears it is a matter of luck. */
const earlyNews = 'notifications/tools/list_changed';

/**
 * The SDK's client takes up the stream of a request again that was answered with an error, and this server then
 * repeats everything it ever sent; so the direct client must not.
 */
const reconnectionOptions = {
  maxRetries: 0,
  initialReconnectionDelay: 1_000,
  maxReconnectionDelay: 1_000,
  reconnectionDelayGrowFactor: 1,
};

test.concurrent.for(['streamableHttp', 'sse'] as const)(
  'the reference server in its mode %s says the same through Fairlead as directly',
  { timeout: 60_000 },
  async (mode, { expect }) => {
    // One server each: it keeps some things for all its clients.
    await using near = await startEverythingServer(mode);
    await using far = await startEverythingServer(mode);
    await using profile = openProfile();
    const direct =
      mode === 'sse'
        ? new SSEClientTransport(near.url)
        : new StreamableHTTPClientTransport(near.url, { reconnectionOptions });
    const forwarded = new StdioClientTransport({
      command: process.execPath,
      args: [endpointProgram, 'stdio', far.url.href],
      env: { ...profile.env },
    });

    const [wanted, given] = await Promise.all([takeTour(direct), takeTour(forwarded)]);

    if (mode === 'streamableHttp') {
      wanted.notifications[earlyNews] = [];
      given.notifications[earlyNews] = [];
    }
    expect(given).toEqual(wanted);
    expect(wanted.exchanges.length).toBeGreaterThan(50);
    expect(wanted.questions.length).toBeGreaterThan(8);
    expect(wanted.notifications['notifications/progress']).toHaveLength(5);
    expect(wanted.notifications['notifications/resources/updated']).toHaveLength(1);
  },
);
