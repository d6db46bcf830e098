import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createToken } from '../../../demo/container/guard/token-file.ts';
import { openContainer } from '../../demo/container/running.ts';
import { connectConfigured, type ConfigEntry } from '../../support/configured-client.ts';
import { patience } from '../open.ts';
import { askForChange, button, dialog, go, shownChange, writeChange } from './acts.ts';
import { mouse } from './hand.ts';
import { namesOf, withDesktop } from './shared-desktop.ts';

const shared = withDesktop();

/** As people leave them: comments, odd spaces, a tab, what Fairlead knows nothing of. */
const before = `{
  // mine, since 2024
  "mcpServers": {
\t"files":   { "command": "npx", "args": ["-y", "files"], "disabled": false }
  },
  "theme":  "dark" /* keep */
}
`;

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** What the file's tail says, where comments are taken out. */
function entriesIn(path: string, member: 'mcpServers' | 'servers'): Record<string, ConfigEntry> {
  const text = readFileSync(path, 'utf8').replace(/^\s*\/\/.*$|\/\*.*?\*\//gm, '');
  return (JSON.parse(text) as Record<string, Record<string, ConfigEntry>>)[member]!;
}

test('connects Cursor once the person has seen the change, leaves every other byte, and takes it back', async () => {
  const { profile, page } = shared();
  const container = await openContainer();
  await profile.run(['add', 'notes', container.url]);
  const file = write(join(profile.home, '.cursor', 'mcp.json'), before);
  const hand = mouse(page);
  await go(hand, 'Clients');
  await page.getByRole('article', { name: 'Cursor' }).waitFor();
  const shown = await askForChange(hand, 'notes', 'Cursor');
  expect(shown).toContain('"notes"');
  expect(readFileSync(file, 'utf8')).toBe(before);
  await hand.press(button(hand, 'Cancel'));
  await dialog(hand).waitFor({ state: 'detached' });
  expect(readFileSync(file, 'utf8')).toBe(before);

  await askForChange(hand, 'notes', 'Cursor');
  await writeChange(hand);
  const after = readFileSync(file, 'utf8');
  const head = before.slice(0, before.indexOf('false }') + 'false }'.length);
  const tail = before.slice(before.indexOf('\n  },\n'));
  expect([after.startsWith(head), after.endsWith(tail)]).toEqual([true, true]);
  const entries = entriesIn(file, 'mcpServers');
  expect(Object.keys(entries)).toEqual(['files', 'notes']);
  const client = await connectConfigured(entries['notes']!, profile);
  expect((await client.callTool({ name: 'list_notes', arguments: {} })).isError ?? false).toBe(false);
  await client.close();
  await page.getByRole('switch', { name: 'notes in Cursor', checked: true }).waitFor();

  await hand.press(button(hand, 'Undo last change…'));
  expect(await shownChange(hand)).toContain('"notes"');
  expect(readFileSync(file, 'utf8')).toBe(after);
  await writeChange(hand);
  expect(readFileSync(file, 'utf8')).toBe(before);
  await page.getByRole('switch', { name: 'notes in Cursor', checked: false }).waitFor();
});

test('brings an entry of mcp-remote over once its change was seen: a container that works, and a config that leads to it', async () => {
  const { profile, page } = shared();
  const container = await openContainer();
  const entries = {
    notes: { type: 'stdio', command: 'npx', args: ['-y', 'mcp-remote', container.url] },
    files: { type: 'stdio', command: 'npx', args: ['-y', 'files'] },
  };
  const text = `{\n  // by hand\n  "servers": ${JSON.stringify(entries, undefined, 2)}\n}\n`;
  const folder = { linux: '.config', darwin: 'Library/Application Support', win32: 'AppData/Roaming' };
  const base = folder[process.platform as keyof typeof folder];
  const file = write(join(profile.home, base, 'Code', 'User', 'mcp.json'), text);

  const hand = mouse(page);
  await go(hand, 'Containers');
  await hand.press(button(hand, 'Add container').first());
  await hand.press(page.getByRole('radio', { name: 'From your clients' }));
  const difference = page.getByRole('region', { name: /^What changes in VS Code/ });
  const shown = await difference.innerText();
  expect(shown).toMatch(/−[^]*mcp-remote/);
  expect(shown).toMatch(/\+[^]*"stdio"/);
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(await namesOf(page)).toEqual([]);

  await hand.press(button(hand, 'Convert 1 entry'));
  await page.getByText('1 entry now leads through Fairlead').waitFor();
  expect(await namesOf(page)).toEqual(['notes']);
  const now = entriesIn(file, 'servers');
  expect(now['files']).toEqual(entries.files);
  expect(readFileSync(file, 'utf8')).toContain('  // by hand\n');
  expect(JSON.stringify(now['notes'])).not.toContain('mcp-remote');
  const client = await connectConfigured(now['notes']!, profile);
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('add_note');
  await client.close();
  await go(hand, 'Containers');
  await page.getByRole('article', { name: 'notes' }).waitFor();
});

test('asks for what an entry names and does not say, and brings it over with that', async () => {
  const { profile, page } = shared();
  let key = '';
  const container = await openContainer(async (config) => {
    key = await createToken(config, 'desk');
  });
  const headers = { Authorization: 'Bearer ${KEYED_TOKEN}' };
  const text = JSON.stringify({ mcpServers: { keyed: { url: container.url, headers } } }, undefined, 2);
  const file = write(join(profile.home, '.cursor', 'mcp.json'), text);

  const hand = mouse(page);
  await go(hand, 'Containers');
  await hand.press(button(hand, 'Add container').first());
  await hand.press(page.getByRole('radio', { name: 'From your clients' }));
  await page.getByText('Set KEYED_TOKEN, and import it again.').waitFor();
  await hand.type(page.getByRole('textbox', { name: 'KEYED_TOKEN' }), key);
  await hand.press(button(hand, 'Look again'));
  await page.getByRole('region', { name: 'What changes in Cursor' }).waitFor();
  await hand.press(button(hand, 'Convert 1 entry'));
  await expect.poll(() => readFileSync(file, 'utf8'), patience).not.toContain('KEYED_TOKEN');
  expect(await profile.run(['call', 'keyed', 'list_notes'])).toMatchObject({ status: 0 });
});
