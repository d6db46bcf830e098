import { expect, test } from 'vitest';
import type { ContainerDraft } from '../../shared/control.ts';
import { failureOf } from '../support/web-server.ts';
import { openControlPair } from './control-pair.ts';

const print = `sha256/${'A'.repeat(43)}=`;
const draft: ContainerDraft = { url: 'https://host.example/mcp', transport: 'auto', tls: {} };

/** A control client of a core with one container, whose server says which key it has when told to. */
async function openAsked() {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const keyOf = async () => {
    await answered;
    return print;
  };
  const { client } = await openControlPair({ pins: { stoppedBy: () => undefined, keyOf } });
  await client.call('containers.add', { name: 'notes', draft, probe: false });
  return { client, answer: () => answer() };
}

test('a key that is pinned leaves as it is what was changed while the server was asked for it', async () => {
  const { client, answer } = await openAsked();
  const pinned = client.call('pins.accept', { name: 'notes' });
  await client.call('containers.limit', { name: 'notes', timeoutSeconds: 7 });
  answer();
  expect((await pinned).container).toMatchObject({ timeoutSeconds: 7, tls: { pins: [print] } });
});

test('the key of one server is not pinned for another that has its name by now', async () => {
  const { client, answer } = await openAsked();
  const refused = failureOf(client.call('pins.accept', { name: 'notes' }));
  await client.call('containers.remove', { name: 'notes' });
  const elsewhere = { ...draft, url: 'https://elsewhere.example/mcp' };
  await client.call('containers.add', { name: 'notes', draft: elsewhere, probe: false });
  answer();
  expect(await refused).toMatchObject({ code: 'usage' });
  const [notes] = await client.call('containers.list', {});
  expect(notes).toMatchObject({ url: elsewhere.url, tls: {} });
});
