/** What each picture shows, and how one gets there. */
import { choose, goTo, openTab } from '../support/ways.ts';
import type { Shot } from './main.ts';

const latest = [
  ['Cursor', 'issues', 'search_issues'],
  ['Claude', 'calendar', 'find_time'],
  ['Claude', 'issues', 'get_issue'],
  ['Cursor', 'notes', 'list_notes'],
  ['Code', 'calendar', 'list_events'],
] as const;

export const usualShots: Readonly<Record<string, Shot>> = {
  activity: {
    title: 'Activity, with one request opened',
    async show({ page }, desk) {
      await goTo(page, 'Activity');
      for (const [program, container, tool] of latest) await desk.call(program, container, tool);
      await page
        .getByRole('row', { name: /search_issues/ })
        .first()
        .click();
    },
  },
  containers: {
    title: 'Containers: the health of one of them',
    async show({ page }) {
      await choose(page, 'issues');
      await page.getByText('speaks MCP').waitFor();
    },
  },
  tools: {
    title: 'Its tools, one of which has changed',
    async show({ page, core }, desk) {
      desk.changeTools();
      await core.call('tools.list', { name: 'issues' });
      await core.call('policy.rule', { name: 'issues', rule: { deny: 'delete_label' } });
      await choose(page, 'issues');
      await openTab(page, 'Tools');
      await page.getByRole('button', { name: 'Review… create_issue' }).waitFor();
    },
  },
  'tool-change': {
    title: 'What has changed about a tool',
    async show({ page }) {
      await choose(page, 'issues');
      await openTab(page, 'Tools');
      await page.getByRole('button', { name: 'Review… create_issue' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  sessions: {
    title: 'Which programs use it',
    async show({ page }) {
      await choose(page, 'notes');
      await openTab(page, 'Sessions');
    },
  },
  security: {
    title: 'How it is entered, and held to its key',
    async show({ page }) {
      await choose(page, 'notes');
      await openTab(page, 'Security');
      await page.getByText('You are signed in to this container').waitFor();
    },
  },
  'container-clients': {
    title: 'Which clients have it',
    async show({ page }) {
      await choose(page, 'calendar');
      await openTab(page, 'Clients');
      await page.getByText('Claude Desktop').waitFor();
    },
  },
  'sign-in-needed': {
    title: 'A container that wants a sign-in',
    async show({ page }) {
      await choose(page, 'crm');
      await page.getByText('Your sign-in').waitFor();
    },
  },
  'sign-in': {
    title: 'While the browser is open for it',
    async show({ page }) {
      await choose(page, 'crm');
      await page.getByRole('button', { name: 'Sign in…' }).first().click();
      await page.getByText('Waiting for you in the browser').first().waitFor();
    },
  },
  unreachable: {
    title: 'One that cannot be reached',
    async show({ page }) {
      await choose(page, 'warehouse');
      await page.getByText('Stops at').waitFor();
      await page.getByText('Not tried').waitFor();
    },
  },
  'add-container': {
    title: 'Adding one by its address',
    async show({ page }, desk) {
      await page.getByRole('button', { name: 'Add container' }).click();
      await page.getByRole('textbox', { name: 'Address' }).fill(desk.searchUrl);
      await page.getByText('An MCP server, open to you').waitFor();
    },
  },
  import: {
    title: 'Bringing over what clients have',
    async show({ page }) {
      await page.getByRole('button', { name: 'Add container' }).click();
      await page.getByText('From your clients').click();
      await page
        .getByRole('region', { name: /What changes in/ })
        .first()
        .waitFor();
    },
  },
  consent: {
    title: 'A program that waits to be allowed',
    async show({ page, core }, desk) {
      await core.call('consent.mode', { name: 'calendar', consent: 'ask' });
      await choose(page, 'calendar');
      // It waits until it is answered.
      void desk.call('Windsurf', 'calendar', 'list_events').catch(() => undefined);
      await page.getByRole('button', { name: 'Allow', exact: true }).waitFor();
    },
    async after({ core }) {
      const { pendingConsents } = await core.call('status', {});
      for (const { program } of pendingConsents)
        await core.call('consent.decide', { name: 'calendar', program, allowed: true });
      await core.call('consent.mode', { name: 'calendar', consent: 'allow' });
    },
  },
  pin: {
    title: 'A server that shows another key',
    async show({ page, core }) {
      await choose(page, 'payroll');
      void core.call('tools.list', { name: 'payroll' }).catch(() => undefined);
      await page.getByRole('dialog').getByText('Shown now').waitFor();
    },
  },
  external: {
    title: 'A server of one’s own, registered with the platform',
    async show({ page }) {
      await choose(page, 'inventory');
      await openTab(page, 'Security');
      await page.getByText('You are signed in to this container').waitFor();
      await page.getByText('Connecting…').first().waitFor({ state: 'hidden' });
    },
  },
  'new-token': {
    title: 'A new API token',
    async show({ page }) {
      await goTo(page, 'Accounts');
      await page.getByRole('button', { name: 'Create token…' }).click();
      await page.getByLabel('What it is for').fill('Nightly backup');
    },
  },
  diagnostics: {
    title: 'What a diagnostics bundle holds',
    async show({ page }) {
      await goTo(page, 'Settings');
      await page.getByRole('button', { name: 'Review and save…' }).click();
      await page.getByText('The log').or(page.getByText('Doctor')).first().waitFor();
    },
  },
  clients: {
    title: 'Clients',
    async show({ page }) {
      await goTo(page, 'Clients');
      await page.getByRole('button', { name: 'Cursor' }).click();
      await page.getByRole('switch').first().waitFor();
    },
  },
  'client-change': {
    title: 'What is written into a config',
    async show({ page }) {
      await goTo(page, 'Clients');
      await page.getByRole('button', { name: 'Cursor' }).click();
      await page.getByRole('switch', { name: 'calendar in Cursor' }).click();
      await page.getByRole('region', { name: 'What would change' }).waitFor();
    },
  },
  accounts: {
    title: 'Accounts',
    async show({ page, core }) {
      const tokens = await core.call('tokens.list', {});
      if (tokens.length === 0)
        await core.call('tokens.create', {
          name: 'Nightly backup',
          scopes: ['mcp:tools', 'data:read'],
          days: 30,
        });
      await goTo(page, 'Accounts');
      await page.getByText('Nightly backup').first().waitFor();
    },
  },
  settings: {
    title: 'Settings',
    async show({ page }) {
      await goTo(page, 'Settings');
      await page.getByText('Certificate authorities').waitFor();
    },
  },
  palette: {
    title: 'What there is to do, by typing it',
    async show({ page }) {
      await page.getByText('speaks MCP').waitFor();
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('combobox').waitFor();
    },
  },
};
