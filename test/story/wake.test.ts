import { expect, onTestFinished, test } from 'vitest';
import type { PlatformOptions } from '../../demo/platform/start.ts';
import { hostedPids } from '../demo/platform/hosted.ts';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import type { LineClient } from '../support/line-client.ts';
import { createPersonsBrowser } from '../support/persons-browser.ts';

/** A platform that hosts a container for a person who signs in to it. */
async function openHosting(options: Partial<PlatformOptions>) {
  const platform = await openPlatform(options);
  const id = await platform.host({ userId: maya.id, name: 'notes' });
  const browser = createPersonsBrowser(maya);
  onTestFinished(() => browser.remove());
  return { platform, id, env: { FAIRLEAD_BROWSER: browser.program } };
}

/** What Fairlead knows of the container's sleep. */
async function platformsWord(profile: Profile): Promise<string | undefined> {
  const { stdout } = await profile.run(['status', '--json']);
  return (JSON.parse(stdout) as { containers: { platform?: string }[] }).containers[0]?.platform;
}
const knowsIt = (profile: Profile, status: string) =>
  expect.poll(() => platformsWord(profile), { timeout: 40_000, interval: 250 }).toBe(status);

const progressOf = (client: LineClient) =>
  client.strays.flatMap(({ method, params }) => (method === 'notifications/progress' ? [params] : []));

test(
  'the first calls to a container that sleeps start it once, are told so, and run once',
  { timeout: 100_000 },
  async () => {
    const { platform, id, env } = await openHosting({ hostedIdleMs: 4_000 });
    await using profile = openProfile(env);
    expect(await profile.run(['login', '--platform', platform.issuer])).toMatchObject({ status: 0 });
    const clients = [profile.endpoint(['notes']), profile.endpoint(['notes'])];
    for (const client of clients) expect((await client.open()).result).toBeDefined();
    // Their listening streams end with it, and are not opened again before somebody calls.
    await expect.poll(() => hostedPids(id), { timeout: 30_000 }).toEqual([]);
    await knowsIt(profile, 'sleeping');
    const starts = () => platform.audited.filter((line) => line.includes('"container_started"')).length;
    const before = starts();

    const answers = await Promise.all(
      clients.map((client, index) =>
        client.request('tools/call', {
          name: 'add_note',
          arguments: { title: `Note ${index}`, text: 'told in its sleep' },
          _meta: { progressToken: `p${index}` },
        }),
      ),
    );
    for (const { result } of answers) expect(result).toMatchObject({ content: [{ type: 'text' }] });
    for (const [index, client] of clients.entries()) {
      expect(progressOf(client)[0]).toEqual({
        ...{ progressToken: `p${index}`, progress: 0, message: 'Starting notes …' },
      });
    }
    expect(starts() - before).toBe(1);
    const list = JSON.stringify((await clients[0]?.call('list_notes'))?.result);
    expect(list.match(/"title":"Note \d"/g)?.sort()).toEqual(['"title":"Note 0"', '"title":"Note 1"']);
    // Nobody was asked anything twice, either.
    for (const client of clients)
      expect(client.strays.filter(({ method }) => method === undefined)).toEqual([]);
  },
);

test('says in words that a container cannot be started', { timeout: 100_000 }, async () => {
  const { platform, env } = await openHosting({ containerProgram: '/nowhere/at-all.js' });
  await using profile = openProfile(env);
  expect(await profile.run(['login', '--platform', platform.issuer])).toMatchObject({ status: 0 });
  await knowsIt(profile, 'sleeping');
  const client = profile.endpoint(['notes']);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { error } = await client.open();
    expect(error?.message).toMatch(
      /^The container notes could not be started\. .*fairlead platform start notes/,
    );
    expect(error?.data?.code).toBe('container_failed');
  }
  const called = await profile.run(['call', 'notes', 'list_notes']);
  expect(called).toMatchObject({ status: 1, stdout: '' });
  expect(called.stderr).toContain('The container notes could not be started.');
});
