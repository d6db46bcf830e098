import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, test } from 'vitest';
import { endpointProgram, openProfile } from '../support/fairlead.ts';
import { startModernServer } from '../support/modern-server.ts';
import { takeModernTour } from './modern-tour.ts';

test('a server of 2026-07-28 says the same through Fairlead as directly', { timeout: 60_000 }, async () => {
  await using near = await startModernServer({ alone: true });
  await using far = await startModernServer({ alone: true });
  await using profile = openProfile();
  const forwarded = new StdioClientTransport({
    command: process.execPath,
    args: [endpointProgram, 'stdio', far.url.href],
    env: { ...profile.env },
  });
  const wanted = await takeModernTour(new StreamableHTTPClientTransport(near.url), near);
  const given = await takeModernTour(forwarded, far);
  expect(given).toEqual(wanted);
  expect(wanted.era).toBe('2026-07-28');
  // The SDK probes in a process beside the one that it then talks to.
  expect(far.seen.filter((each) => each === 'POST server/discover')).toHaveLength(1);
});
