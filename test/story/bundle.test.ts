import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getMcpConfigForManifest, unpackExtension, validateManifest } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, test, vi } from 'vitest';
import { filesIn, plantCanary, textIn } from '../support/canary.ts';
import { startEverythingServer } from '../support/everything-server.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { startLineClient } from '../support/line-client.ts';

type Manifest = Parameters<typeof getMcpConfigForManifest>[0]['manifest'];

/** Unpacks a bundle as its maker's own tool does. @returns the folder, and how a client is to start what is in it */
async function install(profile: Profile, file: string) {
  const folder = join(profile.home, 'Claude Extensions', 'fairlead notes');
  rmSync(folder, { recursive: true, force: true });
  expect(await unpackExtension({ mcpbPath: file, outputDir: folder, silent: true })).toBe(true);
  // It says what it finds.
  vi.spyOn(console, 'log').mockReturnValue();
  expect(validateManifest(join(folder, 'manifest.json'))).toBe(true);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: folder,
    systemDirs: { HOME: profile.home },
    userConfig: {},
    pathSeparator: '/',
  });
  const { command, args = [], env = {} } = config!;
  const { PATH = '', HOME = '' } = profile.env;
  // A desktop's program has no more than this from us; the vault is this machine's, which has no keychain.
  return { folder, manifest, command, args, env: { PATH, HOME, FAIRLEAD_VAULT: 'memory', ...env } };
}

test('a bundle is what its format says, and leads to the container as a client would start it', async () => {
  await using server = await startEverythingServer('streamableHttp');
  await using profile = openProfile();
  await profile.run(['add', 'notes', server.url.href, '--no-probe']);
  const file = join(profile.home, 'out', 'my notes.mcpb');
  const wrote = await profile.run(['bundle', 'notes', '--out', file]);
  expect(wrote).toMatchObject({ status: 0, stderr: '' });
  expect(wrote.stdout).toContain(`Wrote ${file}\n`);
  const { folder, manifest, command, args, env } = await install(profile, file);
  expect(manifest).toMatchObject({
    manifest_version: '0.4',
    name: 'fairlead-notes',
    display_name: 'notes',
    server: { type: 'node', entry_point: 'server/stdio.cjs' },
    tools_generated: true,
    compatibility: { platforms: [process.platform] },
  });
  expect(
    filesIn(folder)
      .map((each) => each.slice(folder.length + 1))
      .sort(),
  ).toEqual(['manifest.json', 'server/stdio.cjs']);

  // As Claude Desktop does it: in a process whose own program starts nothing.
  const hosted = `
    process.execPath = '/nowhere/Claude Helper';
    process.argv = [process.execPath, ...${JSON.stringify(args)}];
    require(process.argv[1]);`;
  for (const start of [[...args], ['-e', hosted]]) {
    // No core: the endpoint starts the one that is installed, from where there is none beside it.
    await profile.run(['stop']);
    const client = new Client({ name: 'desktop', version: '1' });
    try {
      await client.connect(new StdioClientTransport({ command, args: start, env, stderr: 'ignore' }));
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
      const answer = await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
      expect(JSON.stringify(answer)).toContain('hello');
    } finally {
      await client.close();
    }
  }
  expect(profile.cores()).toHaveLength(1);
});

test('on a machine without Fairlead a client is told so with its first request', async () => {
  await using profile = openProfile();
  await profile.run(['add', 'notes', 'https://notes.example/mcp', '--auth', 'none', '--no-probe']);
  const file = join(profile.home, 'notes.mcpb');
  await profile.run(['bundle', 'notes', '--out', file]);
  await profile.run(['stop']);
  const { command, args, env } = await install(profile, file);
  for (const away of ['FAIRLEAD_PROGRAMS', 'FAIRLEAD_RUNTIME']) {
    const elsewhere = { ...env, [away]: '/not here', FAIRLEAD_HOME: join(profile.home, 'other') };
    await using client = startLineClient(command, [...args], elsewhere);
    const { error } = await client.open();
    expect(error?.data?.code).toBe('core_unreachable');
    expect(error?.message).toContain('Fairlead is not where this looks for it: there is no /not here');
    expect(error?.message).toContain('Install Fairlead on this machine');
    expect(client.stderr()).toContain('Install Fairlead on this machine');
  }
});

test('a bundle holds no secret, and is the same bytes each time', async () => {
  const secret = 'sk-canary-5d0e91b7/+?c4';
  await using profile = openProfile();
  const canary = plantCanary(secret, profile.home);
  const url = `https://notes.example/mcp?key=${encodeURIComponent(secret)}`;
  await profile.run(['add', 'plain', url, '--no-probe', '--secret-stdin'], {
    stdin: secret,
  });
  const [first, second] = [join(profile.home, 'a.mcpb'), join(profile.home, 'b.mcpb')];
  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  for (const [file, TZ] of [
    [first, 'UTC'],
    [second, 'Pacific/Auckland'],
  ] as const) {
    const env = { TZ, NOTES_KEY: secret };
    canary.hear('bundle', JSON.stringify(await profile.run(['bundle', 'plain', '--out', file], { env })));
  }
  expect(digest(second)).toBe(digest(first));
  const { folder } = await install(profile, first);
  for (const each of filesIn(folder)) expect(textIn(each)).not.toContain(secret);
});

test('a file that is no bundle of ours is written over only by force', async () => {
  await using profile = openProfile();
  await profile.run(['add', 'notes', 'https://notes.example/mcp', '--auth', 'none', '--no-probe']);
  const file = join(profile.home, 'notes.mcpb');
  const bundle = (...more: string[]) => profile.run(['bundle', 'notes', '--out', file, ...more]);
  writeFileSync(file, 'mine');
  expect(await bundle()).toMatchObject({ status: 2, stdout: '' });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect(await bundle('--force', '--json')).toMatchObject({ status: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await bundle()).toMatchObject({ status: 0 });

  const cases: [args: string[], status: number][] = [
    [['notes', '--out', join(profile.home, 'notes.zip')], 2],
    [['\u001b[31mnotes'], 1],
    [['other'], 1],
    [[], 2],
  ];
  for (const [args, status] of cases) {
    const finished = await profile.run(['bundle', ...args]);
    expect(finished, args.join(' ')).toMatchObject({ status, stdout: '' });
    expect(finished.stderr).toMatch(/^fairlead: \P{Cc}+\n$/u);
  }
  const folder = join(profile.home, 'folder.mcpb');
  mkdirSync(folder);
  expect((await profile.run(['bundle', 'notes', '--out', folder])).status).toBe(1);
  expect((await profile.run(['bundle', 'notes', '--out', folder, '--force'])).status).toBe(1);
  expect(filesIn(profile.home).filter((each) => each.includes('.fairlead-'))).toEqual([]);
  expect(existsSync(join(profile.home, 'notes.zip'))).toBe(false);
});
