import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createToken } from '../../../demo/container/guard/token-file.ts';
import { openContainer } from '../../demo/container/running.ts';
import { startAuthorizationServer } from '../../support/authorization-server.ts';
import { filesIn, textIn } from '../../support/canary.ts';
import { ordinaryServer, scriptListener, startScriptedServer } from '../../support/scripted-server.ts';
import { browserProgram, startProtectedContainer } from '../../support/sign-in-rig.ts';
import { startWebServer } from '../../support/web-server.ts';
import { patience } from '../open.ts';
import { button, go, look, row, save } from './acts.ts';
import { mouse, type Hand } from './hand.ts';
import { namesOf, withDesktop } from './shared-desktop.ts';

const shared = withDesktop(() => ({ FAIRLEAD_BROWSER: browserProgram }));

const ownServer = startWebServer((_, response) => response.end('<h1>Hello</h1>'));
afterAll(async () => (await ownServer)[Symbol.asyncDispose]());

async function adding(): Promise<Hand> {
  const hand = mouse(shared().page);
  await go(hand, 'Containers');
  await hand.press(button(hand, 'Add container').first());
  return hand;
}

/** What stands in a row of what was found. */
const finding = ({ page }: Hand, label: string) =>
  page.locator(`dt:text-is("${label}") + dd`).innerText({ timeout: patience.timeout });

test('shows what answers at an address before anything is saved, and then saves that', async () => {
  const { profile, page } = shared();
  const container = await openContainer();
  const hand = await adding();
  await page.getByText('Nothing is saved yet').waitFor();
  await look(hand, container.url, 'An MCP server, open to you');
  expect(await finding(hand, 'Transport')).toBe('Streamable HTTP');
  expect(await finding(hand, 'Protocol')).toMatch(/^MCP \d{4}-\d\d-\d\d$/);
  expect(await finding(hand, 'Entry')).toBe('No sign-in');
  expect(await namesOf(page)).toEqual([]);
  expect(filesIn(profile.home).filter((file) => textIn(file).includes(container.url))).toEqual([]);

  await save(hand, 'notes');
  await page.getByText('notes is added.').waitFor();
  await page.getByRole('article', { name: 'notes' }).waitFor();
  expect(readFileSync(join(profile.home, 'config.json'), 'utf8')).toContain(container.url);
  expect(await profile.run(['call', 'notes', 'list_notes'])).toMatchObject({ status: 0 });
});

test('says in words that no MCP server answers, or that nothing does', async () => {
  const { page } = shared();
  const web = await ownServer;
  const hand = await adding();
  await look(hand, web.url.href, 'No MCP server answers there');
  await look(hand, 'http://127.0.0.1:9/mcp', 'It cannot be reached');
  await page.getByText('the connection was refused').waitFor();
  expect(await namesOf(page)).toEqual([]);
  // The way on from there.
  await using server = await startScriptedServer(ordinaryServer());
  await look(hand, server.url.href, 'An MCP server, open to you');
  await save(hand, 'something');
  await page.getByRole('article', { name: 'something' }).waitFor();
});

test('takes the key of a server that asks for one, and keeps it where nobody sees it', async () => {
  const { profile, page } = shared();
  let key = '';
  const container = await openContainer(async (config) => {
    key = await createToken(config, 'desk');
  });
  const hand = await adding();
  await look(hand, container.url, 'A server that asks who you are');
  expect(await finding(hand, 'Entry')).toBe('A key, or a sign-in');
  await hand.type(page.getByRole('textbox', { name: 'Key', exact: true }), key);
  // It is looked at once more, with the key.
  await page.getByText('An MCP server, open to you').waitFor();
  await save(hand, 'keyed');
  await page.getByRole('article', { name: 'keyed' }).waitFor();
  expect(await profile.run(['call', 'keyed', 'list_notes'])).toMatchObject({ status: 0 });
  await row(hand, 'keyed').getByText('Key', { exact: false }).first().waitFor();
  expect(await page.content()).not.toContain(key);
  expect(filesIn(profile.home).filter((file) => textIn(file).includes(key))).toEqual([]);
});

// The person's browser is a program with a first line that names its interpreter.
test.skipIf(process.platform === 'win32')(
  'signs in to a server behind OAuth as soon as it is added, in the browser',
  async () => {
    const { profile, page } = shared();
    await using issuer = await startAuthorizationServer();
    const tools = [{ name: 'search', inputSchema: { type: 'object' } }];
    const script = ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/list') return false;
      request.result({ tools });
      return true;
    });
    const container = await startProtectedContainer(issuer, scriptListener(script));
    const hand = await adding();
    await look(hand, container.url.href, 'A server that asks who you are');
    expect(await finding(hand, 'Entry')).toBe('You sign in, in your browser');
    await save(hand, 'issues');
    await page.getByText('Signed in to issues.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hand.press(page.getByRole('tab', { name: 'Tools' }));
    await page.getByText('1 of 1 tool on').waitFor();
    await using client = profile.endpoint(['issues']);
    await client.open();
    expect((await client.request('tools/list')).result).toMatchObject({ tools });
  },
);
