import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { takeModernTour } from '../story/modern-tour.ts';
import { startModernServer } from '../support/modern-server.ts';
import { sessionTransport } from '../support/session-transport.ts';

test(
  'a client of the newer era meets a container of the older alone as it meets one of its kind',
  { timeout: 20_000 },
  async () => {
    await using near = await startModernServer({ alone: true });
    await using far = await startModernServer({ alone: false, older: true });
    const wanted = await takeModernTour(new StreamableHTTPClientTransport(near.url), near);
    const given = await takeModernTour(sessionTransport(far.url), far);
    expect(given).toEqual(wanted);
  },
);
