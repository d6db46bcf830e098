import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../../demo/container/guard/token-file.ts';
import { openContainer } from '../demo/container/running.ts';
import { filesIn, plantCanary } from '../support/canary.ts';
import { openProfile } from '../support/fairlead.ts';
import { startKeyring, type Keyring } from '../support/keyring.ts';

let keyring: Keyring;
beforeAll(async () => {
  keyring = await startKeyring();
});
afterAll(() => keyring.close());

async function openGuardedContainer() {
  let secret = '';
  const container = await openContainer(async (config) => (secret = await createToken(config, 'laptop')));
  return { url: container.url, secret };
}

test('a key in the keychain opens the container, outlives the core and is found nowhere else', async () => {
  const { url, secret } = await openGuardedContainer();
  await using profile = openProfile({ ...keyring.env, FAIRLEAD_VAULT: 'keychain' });
  const canary = plantCanary(secret, profile.home);
  const run = async (...args: string[]) => {
    const finished = await profile.run(args, { stdin: args.includes('--secret-stdin') ? `${secret}\n` : '' });
    canary.hear(`what fairlead ${args.join(' ')} prints`, finished.stdout + finished.stderr);
    return finished;
  };

  expect(await run('add', 'notes', url, '--secret-stdin')).toMatchObject({ status: 0, stderr: '' });
  const client = profile.endpoint(['notes']);
  await client.open();
  await client.call('add_note', { title: 'Kept', text: 'in the container' });
  expect(JSON.stringify(await client.call('whoami'))).toContain('laptop');

  // The next core has nothing but the keychain to take it from.
  expect(await run('stop')).toMatchObject({ status: 0 });
  expect(JSON.stringify(await client.call('list_notes'))).toContain('Kept');

  // Without the key the same call is refused by the container.
  const stranger = profile.endpoint([url]);
  const opened = await stranger.open();
  // Where it takes long to find out that nobody can sign in there, the client is answered meanwhile.
  const refused = opened.error === undefined ? await stranger.call('list_notes') : opened;
  expect(refused.error?.data?.code).toBe('unauthorized');

  for (const command of ['list', 'status', 'doctor', 'tools', 'logs', 'audit']) {
    await run(command, ...(['doctor', 'tools'].includes(command) ? ['notes'] : []));
    await run(command, ...(['doctor', 'tools'].includes(command) ? ['notes'] : []), '--json');
  }
  canary.hear("the endpoint's stderr", client.stderr() + stranger.stderr());
  canary.hear("the endpoint's stdout", JSON.stringify([refused, client.strays, stranger.strays]));
  const logs = filesIn(profile.home).filter((file) => file.includes('/log/'));
  expect(logs).not.toEqual([]);
  expect(canary.sightings()).toEqual([]);

  expect(await run('remove', 'notes')).toMatchObject({ status: 0 });
  const gone = profile.endpoint(['notes']);
  expect((await gone.open()).error?.data?.code).toBe('container_unknown');
});

test('a key that --secret-env hands over stays in memory and in the environment that it came from', async () => {
  const { url, secret } = await openGuardedContainer();
  await using profile = openProfile({ ...keyring.env, FAIRLEAD_VAULT: 'keychain' });
  const canary = plantCanary(secret, profile.home);
  const client = profile.endpoint([url, '--secret-env', 'NOTES_KEY'], { NOTES_KEY: secret });
  await client.open();
  expect(JSON.stringify(await client.call('whoami'))).toContain('laptop');

  // This endpoint has started its core, and was given the key in its own environment by the client.
  expect(profile.cores()).toHaveLength(1);
  canary.hear("the endpoint's stderr", client.stderr());
  expect(canary.sightings()).toEqual(['environment of stdio.cjs stdio']);
});

test('where the keychain is locked the command says so with status 4, and stores the key nowhere', async () => {
  const { url, secret } = await openGuardedContainer();
  await using profile = openProfile({ ...keyring.env, FAIRLEAD_VAULT: 'keychain' });
  const canary = plantCanary(secret, profile.home);
  await keyring.lock();
  try {
    const { status, stderr } = await profile.run(['add', 'notes', url, '--secret-stdin'], { stdin: secret });
    expect(status).toBe(4);
    expect(stderr).toMatch(/unlock/i);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  } finally {
    await keyring.unlock();
  }
  expect(canary.sightings()).toEqual([]);
});
