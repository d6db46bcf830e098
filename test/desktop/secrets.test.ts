/** Whatever the page asks for, no secret is in what it is told. */
import { expect, onTestFinished, test } from 'vitest';
import { createToken } from '../../demo/container/guard/token-file.ts';
import {
  desktopCommandNames,
  windowCommandNames,
  windowEventNames,
  type DesktopCommandName,
  type WindowCommandName,
} from '../../shared/desktop-names.ts';
import { filesIn, textIn } from '../support/canary.ts';
import { openContainer } from '../demo/container/running.ts';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { createPersonsBrowser } from '../support/persons-browser.ts';
import { ask, heard, launch, listen, open, patience, shown } from './open.ts';

/** Each with what it takes where there is a container `notes`; `null`: nothing that it takes is harmless here. */
const coreInputs: Readonly<Record<WindowCommandName, object>> = {
  status: {},
  'containers.list': {},
  'containers.probe': { draft: { url: 'http://127.0.0.1:9/mcp' } },
  'containers.add': { name: 'other', draft: { url: 'http://127.0.0.1:9/mcp' }, probe: false },
  'containers.remove': { name: 'other' },
  'containers.limit': { name: 'other', timeoutSeconds: 60 },
  'network.show': {},
  'network.write': { proxy: { use: 'none' } },
  'pins.show': { name: 'notes' },
  'pins.accept': { name: 'notes' },
  'pins.keep': { name: 'notes' },
  auth: { name: 'notes' },
  'auth.forget': { name: 'other' },
  'auth.key': { name: 'notes', secret: 'another key' },
  'platform.login': { issuer: 'http://127.0.0.1:9' },
  'platform.logout': {},
  'platform.account': {},
  'platform.containers': {},
  'platform.start': { name: 'notes' },
  'platform.stop': { name: 'notes' },
  'platform.add': { name: 'third', url: 'http://127.0.0.1:9/mcp' },
  'platform.rename': { name: 'notes', to: 'notes2' },
  'platform.remove': { name: 'notes' },
  'tokens.list': {},
  'tokens.revoke': { id: 'token_1' },
  'policy.show': { name: 'nobody' },
  'policy.rule': { name: 'notes', rule: { deny: 'add_note' } },
  'policy.changes': { name: 'notes', level: 'warn' },
  'tools.list': { name: 'notes' },
  'tools.call': { name: 'notes', tool: 'list_notes', arguments: {} },
  'tools.accept': { name: 'notes' },
  'consent.mode': { name: 'notes', consent: 'allow' },
  'consent.decide': { name: 'notes', program: 'cursor', allowed: true },
  pause: { by: 'window' },
  resume: {},
  'import.find': {},
  'import.apply': {},
  doctor: { name: 'notes' },
  logs: { last: 1_000 },
  audit: { last: 1_000 },
  activity: { last: 1_000 },
  'core.info': {},
};

const desktopInputs: Readonly<Record<DesktopCommandName, object>> = {
  state: {},
  'window.ready': {},
  'preferences.write': { theme: 'light' },
  'core.restart': {},
  'signIn.open': { container: 'notes' },
  'clipboard.write': { text: 'copied' },
  'config.copy': { container: 'notes' },
  'token.create': { name: 'backup', scopes: ['mcp:tools'] },
  'token.copy': { id: 'token_1' },
  'token.show': { id: 'token_1' },
  'token.forget': { id: 'token_1' },
  'activity.export': {},
  'diagnostics.preview': {},
  'diagnostics.save': {},
  'file.choose': { purpose: 'ca' },
  'folder.show': { folder: 'logs' },
  'clients.list': {},
  'clients.connect': { client: 'cursor', container: 'notes', dryRun: true },
  'clients.disconnect': { client: 'cursor', container: 'notes', dryRun: true },
  'clients.undo': { client: 'cursor', dryRun: true },
  'updates.check': {},
};

const areas = [
  ['core', windowCommandNames, coreInputs],
  ['desktop', desktopCommandNames, desktopInputs],
] as const;

test(
  'no answer and no event has a secret in it, whatever the page asks for',
  { timeout: 240_000 },
  async () => {
    let key = '';
    const container = await openContainer(async (config) => {
      key = await createToken(config, 'test');
    });
    const profile = open();
    const added = await profile.run(['add', 'notes', container.url, '--secret-stdin'], { stdin: key });
    expect(added).toMatchObject({ status: 0 });
    const desktop = await launch(profile);
    const page = await shown(desktop);
    for (const event of windowEventNames) await listen(page, event);
    await expect.poll(async () => (await heard(page, 'snapshot')).length, patience).toBeGreaterThan(0);

    const answers: string[] = [];
    for (const [area, names, inputs] of areas) {
      for (const name of names) {
        const answer = await ask(page, `${area}:${name}`, (inputs as Record<string, object>)[name]);
        expect(answer, name).toHaveProperty('ok');
        // The input is taken: what fails, fails later.
        if (!answer.ok) expect(answer.error.message, name).not.toContain('is not valid');
        answers.push(JSON.stringify(answer));
      }
    }
    for (const event of windowEventNames) answers.push(JSON.stringify(await heard(page, event)));
    expect(answers.filter((answer) => answer.includes(key))).toEqual([]);
    // Nor is it in what the desktop leaves behind, or says.
    const files = filesIn(profile.home).map((file) => textIn(file));
    expect([...files, desktop.stderr()].filter((text) => text.includes(key))).toEqual([]);
    expect(answers.join().length).toBeGreaterThan(5_000);
  },
);

// The person's browser is a script of the shell's.
test.skipIf(process.platform === 'win32')(
  'the secret of a new API token goes to the clipboard and the system’s own dialog, and not to the page',
  { timeout: 120_000 },
  async () => {
    const platform = await openPlatform();
    const browser = createPersonsBrowser(maya);
    onTestFinished(() => browser.remove());
    const profile = open({ FAIRLEAD_BROWSER: browser.program });
    expect(await profile.run(['login', '--platform', platform.issuer])).toMatchObject({ status: 0 });
    const desktop = await launch(profile);
    const page = await shown(desktop);
    await expect.poll(async () => (await ask(page, 'core:status')).ok, patience).toBe(true);
    const answers = [await ask(page, 'desktop:token.create', { name: 'backup', scopes: ['data:read'] })];
    expect(answers[0]).toMatchObject({ ok: true, output: { name: 'backup', scopes: ['data:read'] } });
    const { id } = (answers[0] as { output: { id: string } }).output;
    const secret = await desktop.clipboard();
    const me = await fetch(`${platform.issuer}/api/v1/me`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(me.status).toBe(200);

    await ask(page, 'desktop:clipboard.write', { text: 'something else' });
    answers.push(await ask(page, 'desktop:token.copy', { id }));
    expect(await desktop.clipboard()).toBe(secret);
    answers.push(await ask(page, 'desktop:token.show', { id }));
    expect((await desktop.boxes())[0]?.detail).toContain(secret);
    answers.push(await ask(page, 'core:tokens.list'), await ask(page, 'core:logs', { last: 1_000 }));
    answers.push(await ask(page, 'desktop:diagnostics.preview'));
    answers.push(await ask(page, 'desktop:token.forget', { id }));
    expect(JSON.stringify(answers)).not.toContain(secret);
    expect(await ask(page, 'desktop:token.show', { id })).toMatchObject({
      error: { code: 'secret_missing' },
    });
  },
);
