import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startEverythingServer } from '../support/everything-server.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { startQuickServer } from '../support/quick-server.ts';

/** Longer than the test: whoever gets an answer earlier has not got it from the container. */
const neverMs = 60_000;

/** Losers of the race for the socket end by themselves, a little later. */
async function oneCoreRemains(profile: Profile): Promise<number[]> {
  for (let attempt = 0; attempt < 100 && profile.cores().length !== 1; attempt += 1) await sleep(50);
  await sleep(300);
  return profile.cores();
}

test(
  'after kill -9 of the core each call in flight fails within 2 s, and the next one works',
  { timeout: 60_000 },
  async () => {
    await using server = await startQuickServer();
    await using profile = openProfile();
    const clients = Array.from({ length: 5 }, () => profile.endpoint([server.url]));
    await Promise.all(clients.map((client) => client.open()));
    const first = await profile.corePid();

    for (let round = 0; round < 2; round += 1) {
      const [core] = await oneCoreRemains(profile);
      const calls = clients.flatMap((client, name) =>
        Array.from({ length: 20 }, (_, call) =>
          client.call('sleep', { wait: neverMs, key: `${name} ${round} ${call}` }, `${round} ${call}`),
        ),
      );
      await expect.poll(async () => Object.keys(await server.counts()).length).toBe(100 * (round + 1));

      const killedAt = Date.now();
      process.kill(core!, 'SIGKILL');
      const answers = await Promise.all(calls);
      expect(Date.now() - killedAt).toBeLessThan(2_000);
      expect(new Set(answers.map(({ error }) => error?.data?.code))).toEqual(new Set(['core_lost']));

      const next = await Promise.all(clients.map((client, name) => client.call('echo', { name, round })));
      expect(next.map(({ result }) => result)).toEqual(
        clients.map((_, name) => ({ content: [{ type: 'text', text: JSON.stringify({ name, round }) }] })),
      );
    }

    expect(clients.flatMap(({ strays }) => strays)).toEqual([]);
    // A call that was under way is not run again by the next core.
    expect(new Set(Object.values(await server.counts()))).toEqual(new Set([1]));
    expect(await oneCoreRemains(profile)).not.toEqual([first]);
  },
);

test('what a client has set up outlives the core: its log level and its subscriptions', async () => {
  await using server = await startEverythingServer('streamableHttp');
  await using profile = openProfile();
  const client = profile.endpoint([server.url.href]);
  const uri = 'demo://resource/dynamic/text/1';
  await client.open();
  await client.request('logging/setLevel', { level: 'info' });
  await client.request('resources/subscribe', { uri });
  const subscribed = () =>
    client.strays.filter((each) => JSON.stringify(each).includes('Received Subscribe'));
  await expect.poll(subscribed).toHaveLength(1);

  // A core that ends sooner is not replaced before its client needs one.
  await sleep(1_200);
  process.kill(await profile.corePid(), 'SIGKILL');
  await expect.poll(subscribed, { timeout: 40_000 }).toHaveLength(2);

  await client.call('toggle-subscriber-updates');
  await client.stray(
    ({ method, params }) => method === 'notifications/resources/updated' && params?.['uri'] === uri,
  );
  expect(client.strays.filter(({ method }) => method === undefined)).toEqual([]);
});

test('20 endpoints at once where no core runs start exactly one', async () => {
  await using server = await startQuickServer();
  await using profile = openProfile();
  const clients = Array.from({ length: 20 }, () => profile.endpoint([server.url]));

  const answers = await Promise.all(clients.map((client) => client.open()));

  expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(await oneCoreRemains(profile)).toEqual([await profile.corePid()]);
  expect(await Promise.all(clients.map((client) => client.end()))).toEqual(clients.map(() => 0));
});
