import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { openProfile } from '../support/fairlead.ts';
import { openMayaContainer } from '../support/maya-container.ts';
import { createPersonsBrowser } from '../support/persons-browser.ts';

const probe = {
  jsonrpc: '2.0',
  id: 'server-discover-probe-1',
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'prober', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

test.each(['before it was answered', 'once it was answered'])(
  'a probe in a process that the client ends %s leaves its sign-in to the next process: one tab',
  async (when) => {
    const platform = await openPlatform();
    const url = await openMayaContainer(platform);
    const browser = createPersonsBrowser(maya);
    onTestFinished(() => browser.remove());
    // The tab is there, and nobody has looked at it yet.
    browser.refuse(true);
    await using profile = openProfile({ FAIRLEAD_BROWSER: browser.program });

    const prober = profile.endpoint([url]);
    prober.write(JSON.stringify(probe));
    if (when === 'once it was answered') await prober.stray(({ id }) => id === probe.id);
    else await vi.waitFor(() => expect(browser.opened()).toHaveLength(1), { timeout: 40_000 });
    await prober[Symbol.asyncDispose]();
    const client = profile.endpoint([url]);
    client.write(JSON.stringify(probe));
    expect(await client.stray(({ id }) => id === probe.id)).toHaveProperty('error');
    await client.open();
    expect((await client.request('tools/list')).result).toEqual({ tools: [] });
    const called = client.call('list_notes');
    const [link = '', ...more] = browser.opened();
    expect(more).toEqual([]);

    browser.refuse(false);
    await promisify(execFile)(browser.program, [link]);
    expect((await called).result).toBeDefined();
    // The second line is the person's own.
    expect(browser.opened()).toEqual([link, link]);
  },
);
