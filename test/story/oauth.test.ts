import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { filesIn, textIn } from '../support/canary.ts';
import { openProfile } from '../support/fairlead.ts';
import { openMayaContainer } from '../support/maya-container.ts';

test('a person signs in to a container, uses it, and signs out of it', async () => {
  const platform = await openPlatform();
  const url = await openMayaContainer(platform);
  await using profile = openProfile({
    FAIRLEAD_BROWSER: resolve('demo/scripted-browser.mjs'),
    FAIRLEAD_DEMO_EMAIL: maya.email,
    FAIRLEAD_DEMO_PASSWORD: maya.password,
  });

  expect(await profile.run(['add', 'notes', url, '--auth', 'oauth'])).toMatchObject({ status: 0 });
  expect(await profile.run(['auth', 'notes'])).toMatchObject({
    status: 0,
    stdout: 'Signed in to notes.\n',
  });
  const client = profile.endpoint(['notes']);
  await client.open();
  await client.call('add_note', { title: 'Kept', text: 'in the container' });
  expect(JSON.stringify(await client.call('list_notes'))).toContain('Kept');

  // A JWT begins like this.
  const withToken = filesIn(profile.home).filter((file) => textIn(file).includes('eyJ'));
  expect(withToken).toEqual([]);

  expect(await profile.run(['auth', 'notes', '--forget'])).toMatchObject({ status: 0 });
  expect(await profile.run(['status', '--json'])).toMatchObject({
    stdout: expect.stringContaining('"credential": "missing"') as string,
  });
});
