import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { test } from 'vitest';
import { endpointProgram, openProfile } from '../support/fairlead.ts';
import { startEraServer } from '../support/era-server.ts';
import { takeEraTour, type Era } from './era-tour.ts';

test.concurrent.for<[Era, Era]>([
  ['older', 'older'],
  ['older', 'newer'],
  ['newer', 'older'],
  ['newer', 'newer'],
])(
  'a client of the %s era meets a server of the %s as it meets one of its own kind directly',
  { timeout: 60_000 },
  async ([client, server], { expect }) => {
    await using near = await startEraServer(client);
    await using far = await startEraServer(server);
    await using profile = openProfile();
    const forwarded = new StdioClientTransport({
      command: process.execPath,
      args: [endpointProgram, 'stdio', far.url.href],
      env: { ...profile.env },
    });
    const wanted = await takeEraTour(client, new StreamableHTTPClientTransport(near.url), near);
    const given = await takeEraTour(client, forwarded, far);
    expect(given).toEqual(wanted);
    expect(wanted.told['progress']).toHaveLength(3);
    expect(wanted.version).toBe(client === 'newer' ? '2026-07-28' : '2025-11-25');
    if (client === 'older') return;
    // The SDK probes in a process beside the one that it then talks to; that one asks nothing more of the server.
    expect(far.seen.filter((each) => each === 'POST server/discover')).toHaveLength(1);
  },
);
