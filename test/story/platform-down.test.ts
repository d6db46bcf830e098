import { expect, test } from 'vitest';
import { borrowDatabase } from '../demo/platform/database.ts';
import { openPlatform } from '../demo/platform/running.ts';
import { openMayaContainer } from '../support/maya-container.ts';
import { openMayas } from '../support/mayas.ts';

const accessTokenSeconds = 10;

test(
  'while the platform is down a container is used until its token ends, which is told in words, and again after',
  { timeout: 120_000 },
  async () => {
    const database = await borrowDatabase();
    const first = await openPlatform({ database, accessTokenSeconds });
    await openMayaContainer(first, 'home');
    await using profile = openMayas();
    expect(await profile.run(['login', '--platform', first.issuer])).toMatchObject({ status: 0 });
    const client = profile.endpoint(['home']);
    await client.open();
    const failure = async () => (await client.call('whoami')).error;
    expect(await failure()).toBeUndefined();

    await first.close();
    expect(await failure()).toBeUndefined();
    expect(await failure()).toBeUndefined();
    await expect
      .poll(async () => (await failure())?.message, { timeout: 40_000, interval: 500 })
      .toMatch(/^The platform does not issue tokens now\. Try again/);
    const other = profile.endpoint(['home']);
    expect((await other.open()).error?.message).toMatch(
      /^The platform does not issue tokens now\. Try again/,
    );

    await openPlatform({ database, accessTokenSeconds, port: Number(new URL(first.issuer).port) });
    await expect.poll(failure, { timeout: 40_000, interval: 500 }).toBeUndefined();
    expect(profile.browser.opened()).toHaveLength(1);
  },
);
