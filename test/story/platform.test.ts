import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { filesIn, textIn } from '../support/canary.ts';
import { openMayaContainer } from '../support/maya-container.ts';
import { openMayas } from '../support/mayas.ts';

test(
  'a person signs in to the platform once, uses their containers, and signs out',
  { timeout: 100_000 },
  async () => {
    const platform = await openPlatform();
    const { issuer } = platform;
    const url = await openMayaContainer(platform);
    await using profile = openMayas();

    expect(await profile.run(['whoami'])).toMatchObject({ status: 3, stdout: '' });
    expect(await profile.run(['login'])).toMatchObject({ status: 2 });
    const login = await profile.run(['login', '--platform', issuer]);
    expect(login).toMatchObject({ status: 0, stdout: `Signed in to ${issuer} as ${maya.email}.\n` });
    expect(login.stderr).toContain(`Sign in to ${issuer}: open ${issuer}/authorize?`);
    const whoami = await profile.run(['whoami', '--json']);
    expect(JSON.parse(whoami.stdout)).toEqual({
      issuer,
      id: maya.id,
      email: maya.email,
      plan_tier: 'personal',
    });

    const added = await profile.run(['add', 'notes', url, '--auth', 'platform']);
    expect(added).toMatchObject({ status: 0, stderr: '' });
    expect(added.stdout).toContain('fairlead tools notes');
    const byName = profile.endpoint(['notes']);
    await byName.open();
    await byName.call('add_note', { title: 'Kept', text: 'in the container' });
    const byUrl = profile.endpoint([url, '--auth', 'platform']);
    await byUrl.open();
    expect(JSON.stringify(await byUrl.call('list_notes'))).toContain('Kept');
    expect(profile.browser.opened().length).toBe(1);

    const status = await profile.run(['status']);
    expect(status.stdout).toContain(`Platform ${issuer}: signed in as ${maya.email}.`);
    expect(status.stdout).toMatch(/notes +\w+ +present/);
    expect(await profile.run(['doctor', 'notes'])).toMatchObject({ status: 0 });
    expect(await profile.run(['auth', 'notes'])).toMatchObject({ status: 0 });
    expect(await profile.run(['auth', 'notes', '--forget'])).toMatchObject({ status: 2 });
    // A JWT begins like this.
    const withToken = filesIn(profile.home).filter((file) => textIn(file).includes('eyJ'));
    expect(withToken).toEqual([]);
    expect(JSON.parse(readFileSync(join(profile.home, 'config.json'), 'utf8'))).toMatchObject({
      platform: { issuer, grant: 'code', email: maya.email },
    });

    expect(await profile.run(['logout'])).toMatchObject({
      status: 0,
      stdout: `Signed out of ${issuer}.\n`,
    });
    expect(await profile.run(['whoami'])).toMatchObject({ status: 3 });
    const refused = await profile.run(['call', 'notes', 'list_notes', '--json']);
    expect(refused.status).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: { code: 'sign_in_needed', url: expect.stringContaining(`${issuer}/authorize?`) as string },
    });
    // Who has signed out is not asked to sign in again.
    expect(profile.browser.opened().length).toBe(1);
    expect(await profile.run(['doctor', 'notes'])).toMatchObject({ status: 3 });
    expect(await profile.run(['remove', 'notes'])).toMatchObject({ status: 0 });
  },
);
