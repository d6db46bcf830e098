import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditLine } from '../../../shared/audit.ts';
import { openContainer } from '../../demo/container/running.ts';
import type { LineClient } from '../../support/line-client.ts';
import { endProcesses } from '../../support/processes.ts';
import { patience } from '../open.ts';
import { button, choose, go, open, row } from './acts.ts';
import { mouse, type Hand } from './hand.ts';
import { withDesktop } from './shared-desktop.ts';

const shared = withDesktop();

async function openClient(): Promise<LineClient> {
  const { profile } = shared();
  const container = await openContainer();
  await profile.run(['add', 'notes', container.url]);
  const client = profile.endpoint(['notes']);
  await client.open();
  return client;
}

const requests = ({ page }: Hand) => page.getByRole('table', { name: 'Requests' }).getByRole('row');
const note = (title: string) => ({ title, text: 'a text that is nobody’s business' });

test('requests show up while they are made, open to their timing, and go into a file without what they carried', async () => {
  const { profile, desktop, page } = shared();
  await using client = await openClient();
  const hand = mouse(page);
  await go(hand, 'Activity');
  const adding = requests(hand).filter({ hasText: 'add_note' });
  await client.call('list_notes');
  await requests(hand).filter({ hasText: 'list_notes' }).getByText('OK').waitFor();
  expect(await adding.count()).toBe(0);
  await client.call('add_note', note('one'));
  await adding.getByText('OK').waitFor();

  await hand.press(adding);
  const detail = page.getByRole('region', { name: 'The chosen request' });
  expect(await detail.innerText()).toMatch(/add_note[^]*Wait \d[^]*notes[^]*tools\/call/);
  expect(await page.content()).not.toContain('nobody’s business');
  await hand.press(detail.getByRole('button', { name: 'Close' }));

  await hand.press(button(hand, 'Stop the table'));
  await client.call('add_note', note('two'));
  await client.call('list_notes');
  expect(await adding.count()).toBe(1);
  await hand.press(button(hand, 'Let the table go on'));
  await expect.poll(() => adding.count(), patience).toBe(2);
  await hand.type(page.getByRole('textbox', { name: 'Filter requests' }), 'add');
  // And the row of the columns' names.
  await expect.poll(() => requests(hand).count(), patience).toBe(3);
  await hand.press(page.getByRole('radio', { name: 'Failed' }));
  await page.getByText('Nothing of that kind').waitFor();
  await client.call('read_note', { id: 'no such id' });
  await hand.press(button(hand, 'Clear filter'));
  await requests(hand).filter({ hasText: 'read_note' }).waitFor();

  const file = join(profile.home, 'activity.jsonl');
  await desktop.answer({ canceled: false, filePath: file });
  await hand.press(button(hand, 'Export as JSON Lines…'));
  await page.getByText('are saved as JSON Lines').waitFor();
  const text = readFileSync(file, 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditLine);
  expect(lines.map((line) => (line.kind === 'call' ? line.tool : line.kind)).filter(Boolean)).toEqual([
    ...['list_notes', 'add_note', 'add_note', 'list_notes', 'read_note'],
  ]);
  expect(text).not.toContain('nobody’s business');
});

test('all traffic is paused and resumed from the window and from the tray, and clients are told so', async () => {
  const { desktop, page } = shared();
  await using client = await openClient();
  const hand = mouse(page);
  const menu = async () => JSON.stringify(await desktop.tray.menu());
  const listing = () => client.call('list_notes');
  await hand.press(button(hand, 'Pause all traffic'));
  await page.getByText('Clients are told so since').waitFor();
  const refused = (await listing()).error;
  expect(refused).toMatchObject({ data: { code: 'paused' } });
  expect(refused?.message).toMatch(/paused/);
  await expect.poll(menu, patience).toContain('Resume traffic');
  await choose(desktop, 'Resume traffic');
  await page.getByText('Clients are told so since').waitFor({ state: 'detached' });
  expect(await listing()).toHaveProperty('result');

  await choose(desktop, 'Pause all traffic');
  await page.getByText('Clients are told so since').waitFor();
  expect((await listing()).error?.data?.code).toBe('paused');
  await hand.press(button(hand, 'Resume'));
  await page.getByText('Clients are told so since').waitFor({ state: 'detached' });
  expect(await listing()).toHaveProperty('result');
  await expect.poll(menu, patience).toContain('Pause all traffic');
});

test('the window says that the core is gone, and is live again with the next one, as clients are', async () => {
  const { profile, page } = shared();
  await using client = await openClient();
  const hand = mouse(page);
  await open(hand, 'notes', 'Sessions');
  await page.getByText('Connected', { exact: false }).first().waitFor();
  // What is shown only for a moment is not missed.
  const said = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const look = () => {
          const text = document.body.innerText;
          if (text.includes('core is restarting')) resolve(text);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  const [first] = profile.cores();
  await endProcesses(() => profile.cores().filter((pid) => pid === first), 0);
  expect(await said).toContain('Clients wait meanwhile');
  // What was known is shown meanwhile.
  expect(await said).toContain('notes');
  await page.getByText('Clients wait meanwhile').waitFor({ state: 'detached' });
  expect(await client.call('list_notes')).toHaveProperty('result');
  await row(hand, 'notes').getByText('Connected · 1 client').waitFor();
  await go(hand, 'Settings');
  const [second] = profile.cores();
  await page.getByText(`Process ${second}`).waitFor();
  expect(second).not.toBe(first);
});
