import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { claim } from '../../../electron/runtime/claim.ts';
import { maya, openPlatform } from '../../demo/platform/running.ts';
import { choose, goTo, openTab } from '../../renderer/support/ways.ts';
import { createPersonsBrowser } from '../../support/persons-browser.ts';
import { endProcesses } from '../../support/processes.ts';
import { core, withDesk } from '../desk.ts';
import { ask } from '../open.ts';
import { violations } from './axe.ts';

/** The person's browser is a script of the shell's. */
const withoutBrowser = process.platform === 'win32';
const browser = createPersonsBrowser(maya);
afterAll(() => browser.remove());
const desk = withDesk({ FAIRLEAD_BROWSER: browser.program });

type Places = Readonly<Record<string, (page: Page) => Promise<unknown>>>;

/** Goes from the list of containers to each, and says what axe finds there. */
async function tour(page: Page, among: Places): Promise<string[]> {
  const found: string[] = [];
  for (const [name, show] of Object.entries(among)) {
    await show(page);
    found.push(...(await violations(page)).map((each) => `${name}, ${each}`));
    await page.keyboard.press('Escape');
    await goTo(page, 'Containers');
  }
  return found;
}

const places: Places = {
  async health(page) {
    await choose(page, 'notes');
    await page.getByText('speaks MCP').waitFor();
  },
  async 'tools, one of them open'(page) {
    await choose(page, 'notes');
    await openTab(page, 'Tools');
    await page.getByRole('button', { name: 'search', exact: true }).click();
  },
  async sessions(page) {
    await choose(page, 'notes');
    await openTab(page, 'Sessions');
    await page.getByText('line-client').waitFor();
  },
  async security(page) {
    await choose(page, 'crm');
    await openTab(page, 'Security');
    await page.getByText('Ask me first').waitFor();
  },
  async 'a container’s clients'(page) {
    await choose(page, 'crm');
    await openTab(page, 'Clients');
    await page.getByText('Cursor', { exact: true }).waitFor();
  },
  async 'a menu'(page) {
    await page.getByRole('button', { name: 'More for' }).click();
  },
  async 'a container to remove'(page) {
    await order(page, 'crm', 'Remove…');
    await page.getByRole('dialog').waitFor();
  },
  async 'clients to add a container to'(page) {
    await order(page, 'crm', 'Add to a client…');
    await page.getByRole('dialog').getByText('Cursor', { exact: true }).waitFor();
  },
  async 'a container to add'(page) {
    await page.getByRole('button', { name: 'Add container' }).click();
    await page.getByRole('textbox', { name: 'Address' }).fill(desk().server.url.href);
    await page.getByText('An MCP server, open to you').waitFor();
    await page.getByText('Connection and certificates').click();
  },
  async 'entries to import'(page) {
    await page.getByRole('button', { name: 'Add container' }).click();
    await page.getByText('From your clients').click();
    await page.getByText('Nothing to bring over').waitFor();
  },
  async 'an account to choose from'(page) {
    await page.getByRole('button', { name: 'Add container' }).click();
    await page.getByText('From your account').click();
    await page.getByText('You are not signed in').waitFor();
  },
  async 'a key to enter'(page) {
    await choose(page, 'crm');
    await page.getByRole('button', { name: 'Enter key…' }).click();
    await page.getByRole('dialog').waitFor();
  },
  async 'requests, one of them open'(page) {
    await goTo(page, 'Activity');
    await page.getByRole('row', { name: 'search' }).click();
  },
  async clients(page) {
    await goTo(page, 'Clients');
    await page.getByRole('switch').first().waitFor();
  },
  async 'a change of a config'(page) {
    await goTo(page, 'Clients');
    await page.getByRole('switch').first().click();
    await page.getByRole('region', { name: 'What would change' }).waitFor();
  },
  async accounts(page) {
    await goTo(page, 'Accounts');
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
  },
  async settings(page) {
    await goTo(page, 'Settings');
    await page.getByRole('heading', { name: 'Time limits' }).waitFor();
  },
  async 'the log'(page) {
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'View…' }).click();
    await page.getByRole('log').waitFor();
  },
  async 'the diagnostics'(page) {
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Review and save…' }).click();
    await page.getByLabel('What is saved').waitFor();
  },
  async 'what to do'(page) {
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('combobox').waitFor();
  },
};

const placesOfAccount: Places = {
  async 'a container that sleeps'(page) {
    await choose(page, 'garden');
    await page.getByText('It is asleep').waitFor();
  },
  async 'the account and its tokens'(page) {
    await goTo(page, 'Accounts');
    await page.getByRole('button', { name: 'Revoke… backup' }).waitFor();
  },
  async 'a token to create'(page) {
    await goTo(page, 'Accounts');
    await page.getByRole('button', { name: 'Create token…' }).click();
    await page.getByRole('dialog').waitFor();
  },
  async 'a token that was created'(page) {
    await goTo(page, 'Accounts');
    await page.getByRole('button', { name: 'Create token…' }).click();
    await page.getByRole('textbox', { name: 'What it is for' }).fill('another');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('The token is on the clipboard').first().waitFor();
  },
  async 'a token to revoke'(page) {
    await goTo(page, 'Accounts');
    await page.getByRole('button', { name: 'Revoke… backup' }).click();
    await page.getByRole('dialog').waitFor();
  },
  async 'containers of the account'(page) {
    await page.getByRole('button', { name: 'Add container' }).click();
    await page.getByText('From your account').click();
    await page.getByRole('button', { name: 'Open garden' }).waitFor();
  },
  async 'a server to register'(page) {
    await page.getByRole('button', { name: 'Add container' }).click();
    await page.getByText('From your account').click();
    await page.getByRole('button', { name: 'Register a server' }).click();
    await page.getByRole('dialog').waitFor();
  },
};

test('axe finds nothing in any place', async () => {
  await using client = desk().profile.endpoint(['notes']);
  await client.open();
  await client.call('search');
  expect(await tour(await desk().open(), places)).toEqual([]);
});

async function endCore(): Promise<void> {
  const { profile } = desk();
  const lost = await profile.corePid();
  await endProcesses(() => profile.cores().filter((pid) => pid === lost), 0);
}

test('axe finds nothing when something is wrong', async () => {
  const page = await desk().open();
  const { profile } = desk();
  await choose(page, 'crm');
  await page.getByText('Key needed').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await core(page, 'pause', { by: 'window' });
  await page.getByText('All traffic is paused').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await core(page, 'resume', {});

  for (const reloads of [false, true]) {
    // Whoever holds this keeps the next core from its place.
    const release = await claim(join(profile.home, 'run', 'claim'));
    await endCore();
    await page.getByText('core is restarting').first().waitFor();
    if (reloads) await page.reload();
    await page.getByText('core is restarting').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await release();
    await page.getByText('core is restarting').first().waitFor({ state: 'detached' });
  }
});

// On Windows a folder's rights are the user's own.
test.skipIf(process.platform === 'win32')('axe finds nothing when the core does not start', async () => {
  const page = await desk().open();
  const { profile } = desk();
  const run = join(profile.home, 'run');
  chmodSync(run, 0o777);
  await endCore();
  await page.getByText('core is not running').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await page.getByText('core does not start').waitFor();
  expect(await violations(page)).toEqual([]);
  chmodSync(run, 0o700);
  await page.getByRole('button', { name: 'Start it again' }).click();
  await page.getByRole('navigation', { name: 'Places' }).waitFor();
});

test('axe finds nothing in the first run', async () => {
  const page = await desk().open();
  await ask(page, 'desktop:preferences.write', { firstRunDone: false });
  for (const next of ['Skip', 'Continue', 'Done']) {
    await page.getByRole('button', { name: next }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: next }).click();
  }
  await page.getByRole('navigation', { name: 'Places' }).waitFor();
});

test.skipIf(withoutBrowser)('axe finds nothing in an account', async () => {
  const platform = await openPlatform();
  await platform.host({ userId: maya.id, name: 'garden' });
  const page = await desk().open();
  await core(page, 'platform.login', { issuer: platform.issuer });
  await ask(page, 'desktop:token.create', { name: 'backup', scopes: ['data:read'] });
  await page.getByText('Asleep').first().waitFor();
  expect(await tour(page, placesOfAccount)).toEqual([]);
  await core(page, 'platform.logout', {});
});

test('axe finds nothing where there is nothing yet', async () => {
  const page = await desk().open();
  const { profile, server } = desk();
  const entryOf = (url: string) => ({ command: 'npx', args: ['-y', 'mcp-remote', url] });
  const mcpServers = { wiki: entryOf(server.url.href), gone: entryOf('http://127.0.0.1:9/mcp') };
  writeFileSync(join(profile.home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers }));
  for (const name of ['notes', 'crm']) await core(page, 'containers.remove', { name });
  await page.getByText('No containers yet').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Add container' }).first().click();
  await page.getByText('From your clients').click();
  await page.getByRole('heading', { name: 'What changes in Cursor' }).waitFor();
  expect(await violations(page)).toEqual([]);
  rmSync(join(profile.home, '.cursor'), { recursive: true });
  await goTo(page, 'Clients');
  await page.getByText('No client found on this machine').waitFor();
  expect(await violations(page)).toEqual([]);
});

async function order(page: Page, container: string, what: string): Promise<void> {
  await choose(page, container);
  await page.getByRole('button', { name: `More for ${container}` }).click();
  await page.getByRole('menuitem', { name: what }).click();
}
