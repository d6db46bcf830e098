import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditLine } from '../../shared/audit.ts';
import type { FoundClient } from '../../shared/clients-control.ts';
import { startEraServer } from '../support/era-server.ts';
import { openProfile, type Finished, type Profile } from '../support/fairlead.ts';
import { startLineClient } from '../support/line-client.ts';

function open(): Profile {
  const profile = openProfile();
  onTestFinished(() => profile[Symbol.asyncDispose]());
  return profile;
}

async function withNotes(): Promise<Profile> {
  const profile = open();
  const added = await profile.run([
    'add',
    'notes',
    'https://notes.example/mcp',
    '--auth',
    'none',
    '--no-probe',
  ]);
  expect(added.status).toBe(0);
  return profile;
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const json = ({ stdout }: Finished): unknown => JSON.parse(stdout);
const text = '{\n  // mine\n  "mcpServers": {\n    "a": { "url": "x" }\n  }\n}\n';

test('a container gets into a client, is seen there, and gets out of it', async () => {
  const profile = await withNotes();
  const path = write(join(profile.home, '.cursor', 'mcp.json'), text);

  const dry = await profile.run(['connect', 'notes', '--client', 'cursor', '--dry-run']);
  expect(dry).toMatchObject({ status: 0, stderr: '' });
  expect(dry.stdout).toMatch(/^--- .*mcp\.json$/m);
  expect(dry.stdout).toMatch(/^\+ {4}"notes": \{$/m);
  expect(readFileSync(path, 'utf8')).toBe(text);

  const connected = await profile.run(['connect', 'notes', '--client', 'cursor']);
  expect(connected).toMatchObject({ status: 0, stderr: '' });
  expect(connected.stdout).toContain(`Changed ${path}`);
  const config = json(await profile.run(['list', '--config', 'notes', '--json']));
  const written = readFileSync(path, 'utf8');
  expect(
    written.startsWith('{\n  // mine\n  "mcpServers": {\n    "a": { "url": "x" },\n    "notes": {'),
  ).toBe(true);
  expect(JSON.parse(written.replace('// mine', ''))).toHaveProperty('mcpServers.notes', config);
  expect((await profile.run(['connect', 'notes', '--client', 'cursor'])).stdout).toContain('has it already');

  const clients = await profile.run(['clients']);
  expect(clients.stdout).toMatch(/^cursor +Cursor +found +notes +\//m);
  expect(clients.stdout).toMatch(/^zed +Zed +- +\//m);

  const gone = await profile.run(['disconnect', 'notes', '--client', 'cursor', '--json']);
  expect(json(gone)).toMatchObject({ client: 'cursor', path, changed: true, takesUp: 'itself' });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('the last change is undone to the byte, and what came after it only by force', async () => {
  const profile = await withNotes();
  const codex = join(profile.home, '.codex', 'config.toml');
  const undo = (...more: string[]) => profile.run(['connect', '--undo', '--client', 'codex', ...more]);
  expect(await undo()).toMatchObject({ status: 1, stdout: '' });
  expect((await profile.run(['connect', 'notes', '--client', 'codex'])).status).toBe(0);
  expect(readFileSync(codex, 'utf8')).toMatch(/^\[mcp_servers\.notes\]\ncommand = "/);
  expect((await undo('--dry-run')).stdout).toMatch(/^-command/m);
  expect((await undo()).stdout).toContain(`Put back ${codex}`);
  expect(existsSync(codex)).toBe(false);

  write(codex, '# mine\n');
  await profile.run(['connect', 'notes', '--client', 'codex', '--name', 'other']);
  writeFileSync(codex, `${readFileSync(codex, 'utf8')}# more\n`);
  const refused = await undo('--json');
  expect(refused.status).toBe(1);
  expect(json(refused)).toMatchObject({ error: { code: 'client_config_changed' } });
  expect((await undo('--force')).status).toBe(0);
  expect(readFileSync(codex, 'utf8')).toBe('# mine\n');
});

test('what cannot be done is refused in a line, and nothing is changed', async () => {
  const profile = await withNotes();
  const path = write(
    join(profile.home, '.gemini', 'settings.json'),
    '{"mcpServers": {"notes": {"url": "x"}}',
  );
  const connect = (...args: string[]) => profile.run(['connect', ...args]);
  const cases: [args: string[], status: number][] = [
    [['notes', '--client', 'gemini'], 1],
    [['other', '--client', 'cursor'], 1],
    [['notes', '--client', 'emacs'], 2],
    [['notes'], 2],
    [['--client', 'cursor'], 2],
    [['notes', '--undo', '--client', 'cursor'], 2],
    [['notes', '--client', 'cursor', '--name', 'a b'], 2],
  ];
  for (const [args, status] of cases) {
    const finished = await connect(...args);
    expect(finished, args.join(' ')).toMatchObject({ status, stdout: '' });
    expect(finished.stderr).toMatch(/^fairlead: [^\n]+\n$/);
  }
  expect(readFileSync(path, 'utf8')).toBe('{"mcpServers": {"notes": {"url": "x"}}');
  expect((await profile.run(['clients'])).stdout).toMatch(/Gemini CLI: .* is not valid JSON in line 1/);
  expect(existsSync(join(profile.home, '.cursor'))).toBe(false);
});

test('what is written leads to the container, as a client starts it that knows none of the shell’s variables', async () => {
  await using server = await startEraServer('both');
  const profile = open();
  await profile.run(['add', 'notes', server.url.href]);
  await profile.run(['connect', 'notes', '--client', 'claude-code']);
  const clients = json(await profile.run(['clients', '--json'])) as FoundClient[];
  const { path } = clients.find(({ id }) => id === 'claude-code')!;
  const { mcpServers } = JSON.parse(readFileSync(path, 'utf8')) as {
    mcpServers: Record<
      string,
      { type: string; command: string; args: string[]; env: Record<string, string> }
    >;
  };
  const { type, command, args, env } = mcpServers['notes']!;
  expect(type).toBe('stdio');
  const { FAIRLEAD_HOME, ...others } = profile.env;
  expect(env).toEqual({ FAIRLEAD_HOME });
  await using client = startLineClient(command, args, { ...others, ...env });
  expect((await client.open()).result).toHaveProperty('serverInfo');
  expect(profile.cores()).toHaveLength(1);
});

test('the variables of the shell say where a config is, whoever started the core', async () => {
  const profile = await withNotes();
  const folder = join(profile.home, 'of this shell');
  const { stdout } = await profile.run(['connect', 'notes', '--client', 'codex', '--json'], {
    env: { CODEX_HOME: folder },
  });
  expect(JSON.parse(stdout)).toMatchObject({ path: join(folder, 'config.toml'), changed: true });
  expect(readFileSync(join(folder, 'config.toml'), 'utf8')).toContain(
    `env = { FAIRLEAD_HOME = ${JSON.stringify(profile.home)} }`,
  );
});

test('each change is in the audit, and what changed nothing is not', async () => {
  const profile = await withNotes();
  const path = join(profile.home, '.cursor', 'mcp.json');
  const cursor = ['--client', 'cursor'];
  await profile.run(['connect', 'notes', ...cursor, '--dry-run']);
  await profile.run(['connect', 'notes', ...cursor, '--name', 'mine']);
  await profile.run(['connect', 'notes', ...cursor, '--name', 'mine']);
  await profile.run(['disconnect', 'notes', ...cursor]);
  await profile.run(['connect', '--undo', ...cursor]);
  const lines = json(await profile.run(['audit', '--json'])) as AuditLine[];
  const written = { kind: 'client_config', client: 'cursor', path };
  expect(lines.filter(({ kind }) => kind === 'client_config')).toEqual([
    expect.objectContaining({ ...written, container: 'notes', entry: 'mine', change: 'connected' }),
    expect.objectContaining({ ...written, container: 'notes', change: 'disconnected' }),
    expect.objectContaining({ ...written, change: 'undone' }),
  ]);
  expect(json(await profile.run(['audit', '--verify', '--json']))).toMatchObject({ intact: true });
});

test('of many who change one config at a time, each change is there, and the last is undone', async () => {
  const profile = await withNotes();
  const names = ['a', 'b', 'c', 'd'];
  const all = await Promise.all(
    names.map((name) => profile.run(['connect', 'notes', '--client', 'cursor', '--name', name])),
  );
  expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
  const entries = () =>
    Object.keys(
      (
        JSON.parse(readFileSync(join(profile.home, '.cursor', 'mcp.json'), 'utf8')) as {
          mcpServers: object;
        }
      ).mcpServers,
    );
  expect(entries().sort()).toEqual(names);
  await profile.run(['connect', '--undo', '--client', 'cursor']);
  expect(entries()).toHaveLength(3);
});
