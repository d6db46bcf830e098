/** `npm run demo` as a program of its own: what it shows, and that it leaves nothing behind. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { noBus, startKeyring, type Keyring } from '../support/keyring.ts';
import { createPersonsBrowser, type PersonsBrowser } from '../support/persons-browser.ts';
import { endProcesses } from '../support/processes.ts';

// A dozen programs start for it.
vi.setConfig({ testTimeout: 90_000 });

// Built by `npm test` before the tests.
const program = resolve('dist/demo.js');
/** What every token of the container begins with (token-hash.ts). */
const secretPrefix = 'flc_';
const scriptedBrowser = resolve('dist/scripted-browser.js');

interface Demo {
  readonly child: ChildProcess;
  /** The only place where it may put files. */
  readonly temporary: string;
  printed(): string;
  /** Resolves when it has printed this. */
  until(words: string): Promise<void>;
  /** @returns the exit status */
  ended(): Promise<number | null>;
}

async function startDemo(args: string[], env: Readonly<Record<string, string>>): Promise<Demo> {
  const temporary = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], HOME: temporary, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  }
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
    await endProcesses(() => startedIn(temporary), 2_000);
    await rm(temporary, { recursive: true, force: true });
  });
  return {
    child,
    temporary,
    printed: () => printed,
    async until(words) {
      while (!printed.includes(words)) {
        if (child.exitCode !== null) throw new Error(`the demo has ended: ${printed}`);
        await Promise.race([once(child.stdout, 'data'), closed]);
      }
    },
    async ended() {
      await closed;
      return child.exitCode;
    },
  };
}

/** Programs of the demo: all of them inherit its TMPDIR. */
function startedIn(temporary: string): number[] {
  const environment = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    } catch {
      return [];
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environment(name).includes(`TMPDIR=${temporary}`))
    .map(Number);
}

async function expectNothingLeft({ temporary }: Demo): Promise<void> {
  expect(startedIn(temporary)).toEqual([]);
  expect((await readdir(temporary)).filter((name) => name.startsWith('fairlead'))).toEqual([]);
}

/** What the keyring holds, as it tells any program of this user (Secret Service API, Collection.Items). */
async function keyringItems({ env }: Keyring): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    'dbus-send',
    [
      '--session',
      '--print-reply=literal',
      '--dest=org.freedesktop.secrets',
      '/org/freedesktop/secrets/collection/login',
      'org.freedesktop.DBus.Properties.Get',
      'string:org.freedesktop.Secret.Collection',
      'string:Items',
    ],
    { env: { ...process.env, ...env } },
  );
  return stdout.match(/\/collection\/login\/\w+/g) ?? [];
}

/** Tabs that open and stay as they are, on a desktop. */
function openDesktop(): { browser: PersonsBrowser; env: Record<string, string> } {
  const browser = createPersonsBrowser({ email: '', password: '' });
  browser.refuse(true);
  onTestFinished(() => browser.remove());
  return { browser, env: { FAIRLEAD_VAULT: 'memory', DISPLAY: ':99', BROWSER: browser.program } };
}

describe.runIf(process.platform === 'linux')('npm run demo', () => {
  test('shows a refusal, one sign-in, three ways in with it, what else protects servers, and signs out', async () => {
    const demo = await startDemo(['--once'], { FAIRLEAD_VAULT: 'memory' });
    expect(await demo.ended(), demo.printed()).toBe(0);
    const printed = demo.printed();
    expect(printed).toContain('without a sign-in is refused: 401 Unauthorized');
    expect(printed).toContain('tokens and keys in its memory, as FAIRLEAD_VAULT says');
    expect(printed).toContain(
      'Signed in as maya@example.com, in a scripted browser, as there is no display.',
    );
    expect(printed).toMatch(/the first call has woken it: The user user_\w+ of the platform\./);
    expect(printed).toMatch(/\d m?s {2}The same call again/);
    expect(printed).toMatch(/\d m?s {2}A second client .+ no sign-in/);
    expect(printed).toMatch(/takes tokens of the platform: The user user_\w+ of the platform\./);
    expect(printed).toMatch(/notes +hosted +running/);
    expect(printed).toMatch(/home +external +registered/);
    expect(printed).toContain('It takes a key: The holder of the token fairlead-demo.');
    expect(printed).toMatch(/The tokens lie in the core's memory, and in none of the \d+ files/);
    const callers = [
      'Someone on this machine: no token is asked for.',
      'The holder of the token fairlead-demo.',
      'The user user_\\w+ of the platform.',
      'The user github:583231 of mycompany.com.',
      'The user own:maya@example.com of example.com.',
    ];
    for (const who of callers)
      expect(printed).toMatch(new RegExp(`/mcp +[\\d.]+ m?s {2}${who}\n +/sse +[\\d.]+ m?s {2}${who}\n`));
    expect(printed).toMatch(/Signed out, and the tokens revoked: fairlead logout\n/);
    expect(printed).not.toContain(secretPrefix);
    expect(printed).not.toContain('password');
    expect(printed).not.toContain('\u001b');
    expect(printed.split('\n').length).toBeLessThanOrEqual(64);
    await expectNothingLeft(demo);
  });

  test('where there is a display, opens the person’s browser and says what to type there', async () => {
    const { browser, env } = openDesktop();
    const demo = await startDemo([], env);
    await demo.until('the demo waits for you, up to 5 minutes.');
    await expect.poll(() => browser.opened(), { timeout: 40_000 }).toHaveLength(1);
    const [link = ''] = browser.opened();
    const said = (name: string) => new RegExp(`^ +${name} +(\\S+)$`, 'm').exec(demo.printed())?.[1] ?? '';
    await promisify(execFile)(process.execPath, [scriptedBrowser, link], {
      env: { FAIRLEAD_DEMO_EMAIL: said('e-mail'), FAIRLEAD_DEMO_PASSWORD: said('password') },
    });
    await demo.until('Signed in as maya@example.com, in your browser.');
    demo.child.kill('SIGINT');
    expect(await demo.ended(), demo.printed()).toBe(0);
    expect(browser.opened()).toEqual([link]);
    await expectNothingLeft(demo);
  });

  test('does not keep a person waiting who wants to end rather than sign in', async () => {
    const demo = await startDemo([], { FAIRLEAD_VAULT: 'memory', FAIRLEAD_BROWSER: 'none' });
    await demo.until('If no page opens:');
    demo.child.kill('SIGINT');
    expect(await demo.ended(), demo.printed()).toBe(0);
    expect(demo.printed()).not.toContain('demo:');
    await expectNothingLeft(demo);
  });

  test('prints a config and commands that work until Ctrl-C, and takes its tokens out of the keychain then', async () => {
    await using keyring = await startKeyring();
    const demo = await startDemo([], keyring.env);
    await demo.until('Press Ctrl-C to end.');
    expect(demo.printed()).toContain("tokens and keys in this system's keychain");
    expect(demo.printed()).toContain("The tokens lie in this system's keychain");
    expect(await keyringItems(keyring)).not.toEqual([]);
    expect(startedIn(demo.temporary).length).toBeGreaterThan(1);

    const commands = demo.printed().match(/^FAIRLEAD_HOME=.*$/gm) ?? [];
    expect(commands).toHaveLength(2);
    for (const command of commands) await promisify(execFile)('sh', ['-c', command]);

    const snippet = clientConfig.parse(JSON.parse(/^\{ .*\n[^]*? \} \} \}$/m.exec(demo.printed())![0]));
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport(snippet.mcpServers.notes));
    expect((await client.callTool({ name: 'list_notes' })).content).toMatchObject([
      { text: expect.stringContaining('Buy milk') as string },
    ]);
    await client.close();

    demo.child.kill('SIGINT');
    expect(await demo.ended(), demo.printed()).toBe(0);
    expect(demo.printed()).toMatch(/All of it has ended, and nothing of it is kept\.\n$/);
    expect(demo.printed()).not.toContain(secretPrefix);
    expect(await keyringItems(keyring)).toEqual([]);
    await expectNothingLeft(demo);
  });

  test('takes back what it has begun when Ctrl-C comes early', async () => {
    const demo = await startDemo([], { FAIRLEAD_VAULT: 'memory' });
    await demo.until('401 Unauthorized');
    demo.child.kill('SIGINT');
    demo.child.kill('SIGINT');
    expect(await demo.ended(), demo.printed()).toBe(0);
    expect(demo.printed()).not.toContain('demo:');
    await expectNothingLeft(demo);
  });

  test('fails with one sentence when the keychain that was asked for is missing', async () => {
    const demo = await startDemo(['--once'], { ...noBus, FAIRLEAD_VAULT: 'keychain' });
    expect(await demo.ended()).toBe(1);
    expect(demo.printed()).toMatch(/\ndemo: There is no keychain to keep secrets in\. .+\n/);
    await expectNothingLeft(demo);
  });

  test('where there is no keychain, keeps the token in a memory that may be lost, and says so', async () => {
    const demo = await startDemo([], noBus);
    await demo.until('There is no keychain');
    await demo.until('so tokens and keys stay in its memory.');
    await demo.until('Signed in as');
    const core = startedIn(demo.temporary).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('core.js'),
    );
    process.kill(core!, 'SIGKILL');
    expect(await demo.ended()).toBe(1);
    expect(demo.printed()).toContain('demo: The core has ended by itself.');
    expect(demo.printed()).not.toContain('How MCP servers are commonly protected');
    await expectNothingLeft(demo);
  });
});

const server = z.object({
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});
const clientConfig = z.object({ mcpServers: z.object({ notes: server }) });
