/** Places with nothing in them yet, the first run, and times when nothing goes on. */
import { choose, goTo } from '../support/ways.ts';
import type { Shot } from './main.ts';

export const edgeShots: Readonly<Record<string, Shot>> = {
  empty: {
    title: 'Before there is any container',
    room: 'empty',
    async show({ page }) {
      await page.getByText('No containers yet').first().waitFor();
    },
  },
  'empty-activity': {
    title: 'Before anything was asked',
    room: 'empty',
    async show({ page }) {
      await goTo(page, 'Activity');
      await page.getByText('Quiet').waitFor();
    },
  },
  'empty-clients': {
    title: 'Without a client on this machine',
    room: 'empty',
    async show({ page }) {
      await goTo(page, 'Clients');
      await page.getByText('No client found').waitFor();
    },
  },
  'empty-accounts': {
    title: 'Without an account',
    room: 'empty',
    async show({ page }) {
      await goTo(page, 'Accounts');
      await page.getByRole('heading', { name: 'Identity providers' }).waitFor();
    },
  },
  'first-run': {
    title: 'The first run',
    room: 'empty',
    firstRun: true,
    async show({ page }) {
      await page.getByText('Welcome to Fairlead').waitFor();
    },
  },
  'first-run-clients': {
    title: 'Its last step',
    firstRun: true,
    async show({ page }) {
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await page.getByText('Claude Desktop').waitFor();
    },
  },
  narrow: {
    title: 'At 200 %',
    size: { width: 480, height: 320 },
    async show({ page }) {
      await page.getByText('Containers').first().waitFor();
    },
  },
  paused: {
    title: 'While all traffic is paused',
    async show({ page, core }) {
      await core.call('pause', { by: 'window', minutes: 30 });
      await page.getByText('All traffic is paused').first().waitFor();
    },
    async after({ core }) {
      await core.call('resume', {});
    },
  },
  'device-code': {
    title: 'A sign-in by a code that is entered elsewhere',
    async show({ page, core }) {
      const listed = await core.call('containers.list', {});
      const url = listed.find(({ name }) => name === 'notes')?.url ?? '';
      const draft = { url, auth: { method: 'oauth', grant: 'device' } } as const;
      await core.call('containers.add', { name: 'reports', draft, probe: false });
      await choose(page, 'reports');
      await page.getByRole('button', { name: 'Sign in…' }).click();
      await page.getByLabel('Code', { exact: true }).waitFor();
    },
    async after({ core }) {
      await core.call('containers.remove', { name: 'reports' });
    },
  },
  'core-missing': {
    title: 'When the core does not start',
    room: 'broken',
    async show({ page }) {
      await page.getByRole('button', { name: 'Start it again' }).waitFor();
    },
  },
  // The last one: what was signed in is not any more, as its vault is the core's memory.
  'core-lost': {
    title: 'While the core is restarted',
    async show({ page }, { rooms: { furnished } }) {
      await choose(page, 'notes');
      await page.getByText('speaks MCP').waitFor();
      for (const pid of furnished.profile.cores()) process.kill(pid, 'SIGKILL');
      await page.getByText('core is restarting').first().waitFor();
    },
  },
};
