import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { openProfile } from '../support/fairlead.ts';
import { openMayaContainer } from '../support/maya-container.ts';
import { createPersonsBrowser } from '../support/persons-browser.ts';

test('clients that start while nobody is signed in have their tools as soon as somebody is', async () => {
  const platform = await openPlatform();
  const url = await openMayaContainer(platform);
  const browser = createPersonsBrowser(maya);
  onTestFinished(() => browser.remove());
  browser.refuse(true);
  await using profile = openProfile({ FAIRLEAD_BROWSER: browser.program });

  // By URL alone: that it wants a sign-in is found out by asking.
  const clients = [1, 2, 3].map(() => profile.endpoint([url]));
  for (const client of clients) {
    const { result } = await client.open();
    expect(result).toMatchObject({ serverInfo: { name: 'fairlead' } });
    expect((await client.request('tools/list')).result).toEqual({ tools: [] });
  }
  const waiting = clients.map((client) => client.call('list_notes'));

  const [link = ''] = browser.opened();
  browser.refuse(false);
  await promisify(execFile)(browser.program, [link]);
  for (const client of clients) {
    await client.stray(({ method }) => method === 'notifications/tools/list_changed');
    expect(JSON.stringify((await client.request('tools/list')).result)).toContain('add_note');
  }
  for (const answer of await Promise.all(waiting)) expect(answer.result).toBeDefined();
  // One tab for all of them; the second line is the person's own.
  expect(browser.opened()).toEqual([link, link]);
});
