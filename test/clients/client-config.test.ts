import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createClientConfig } from '../../electron/clients/client-config.ts';
import { jsonEditor } from '../../electron/clients/edit/json.ts';
import { buildProgram } from '../support/built-program.ts';

const entry = { command: '/usr/bin/node', args: ['stdio', 'notes'] };
const text = '\uFEFF{\r\n\t// mine\r\n\t"mcpServers": {\r\n\t\t"a": {"url": "x"},\r\n\t},\r\n}';

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'fl config '));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function openIn(home: string, path = join(home, '.config', 'client.json')) {
  const file = createClientConfig({ client: 'cursor', path, home, backups: join(home, 'backups') });
  const connect = (name = 'notes', dryRun = false) =>
    file.change((now) => jsonEditor.setEntry(now, { keys: ['mcpServers'], name }, entry), { dryRun });
  return { path, file, connect };
}

function withText(home: string, bytes: string | Buffer = text) {
  const opened = openIn(home);
  mkdirSync(join(home, '.config'));
  writeFileSync(opened.path, bytes);
  return opened;
}

const once1 = { force: false, dryRun: false };

test('a change is written whole, and undone to the byte', async () => {
  const home = newHome();
  const { path, file, connect } = withText(home);
  const change = await connect();
  expect(change?.before).toBe(text);
  expect(readFileSync(path, 'utf8')).toBe(change?.after);
  expect(await connect()).toBeUndefined();
  expect(await file.undo(once1)).toEqual({ before: change?.after, after: text });
  expect(readFileSync(path, 'utf8')).toBe(text);
  await expect(file.undo(once1)).rejects.toMatchObject({ code: 'nothing_to_undo' });
  expect(readdirSync(join(home, '.config'))).toEqual(['client.json']);
});

test('a file that was not there is made, for its owner alone, and gone after an undo', async () => {
  const home = newHome();
  const { path, file, connect } = openIn(home);
  await connect();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ mcpServers: { notes: entry } });
  await file.undo(once1);
  expect(readdirSync(join(home, '.config'))).toEqual([]);
});

test('a dry run says what would be, and leaves everything', async () => {
  const home = newHome();
  const { path, connect } = withText(home);
  expect((await connect('notes', true))?.after).toContain('"notes"');
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(home)).toEqual(['.config']);
});

test('the backup is of the last change, and for this user alone', async () => {
  const home = newHome();
  const { path, file, connect } = withText(home);
  await connect('one');
  const one = readFileSync(path, 'utf8');
  await connect('two');
  expect(statSync(join(home, 'backups')).mode & 0o777).toBe(0o700);
  expect(statSync(join(home, 'backups', 'cursor')).mode & 0o777).toBe(0o600);
  await file.undo(once1);
  expect(readFileSync(path, 'utf8')).toBe(one);
});

test('what another program wrote since is undone only by force', async () => {
  const { path, file, connect } = withText(newHome());
  await connect();
  writeFileSync(path, '{"theirs": 1}');
  await expect(file.undo(once1)).rejects.toMatchObject({ code: 'client_config_changed' });
  expect(readFileSync(path, 'utf8')).toBe('{"theirs": 1}');
  await file.undo({ force: true, dryRun: false });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test.skipIf(process.getuid?.() !== 0)('mode and owner stay', async () => {
  const { path, connect } = withText(newHome());
  chmodSync(path, 0o640);
  chownSync(path, 12_345, 12_346);
  await connect();
  expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 12_346 });
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test.each([
  ['is not valid JSON in line 2', '{\n"a": ,}'],
  ['is not valid JSON', '{"a": 1'],
  ['is no table of names', '[]'],
  ['"mcpServers" that is no table', '{"mcpServers": null}'],
  ['"mcpServers.notes" more than once', '{"mcpServers": {"notes": 1, "notes": 2}}'],
  ['"mcpServers" more than once', '{"mcpServers": {}, "mcpServers": {}}'],
  ['is not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ['is not UTF-8', Buffer.from('\uFEFF{}', 'utf16le')],
])('a file that %s is refused in words and left as it is', async (problem, bytes) => {
  const { path, connect } = withText(newHome(), bytes);
  const before = readFileSync(path);
  await expect(connect()).rejects.toMatchObject({
    code: 'client_config_invalid',
    message: expect.stringContaining(problem) as string,
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a read-only file is left as it is', async () => {
  const { path, connect } = withText(newHome());
  chmodSync(path, 0o444);
  await expect(connect()).rejects.toMatchObject({ code: 'client_config_unwritable' });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('it writes through a link within the home, and the link stays one', async () => {
  const home = newHome();
  const { path, file, connect } = openIn(home);
  mkdirSync(join(home, 'dotfiles'));
  mkdirSync(join(home, '.config'));
  writeFileSync(join(home, 'dotfiles', 'real.json'), text);
  symlinkSync('../dotfiles/real.json', path);
  await connect();
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(home, 'dotfiles', 'real.json'), 'utf8')).toContain('"notes"');
  await file.undo(once1);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('a link out of the home, to nothing or to a folder is refused', async () => {
  const home = newHome();
  const outside = newHome();
  mkdirSync(join(home, '.config'));
  const { path, connect } = openIn(home);
  writeFileSync(join(outside, 'theirs.json'), text);
  for (const target of [join(outside, 'theirs.json'), join(outside, 'none.json'), home, path]) {
    symlinkSync(target, path);
    await expect(connect()).rejects.toMatchObject({ code: 'client_config_unwritable' });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    rmSync(path);
  }
  // A folder on the way that leads out is as much of a link.
  rmSync(join(home, '.config'), { recursive: true });
  symlinkSync(outside, join(home, '.config'));
  await expect(connect()).rejects.toMatchObject({ code: 'client_config_unwritable' });
  expect(readdirSync(outside)).toEqual(['theirs.json']);
});

test('a home that is a link itself is a home', async () => {
  const real = newHome();
  const home = `${real}-link`;
  symlinkSync(real, home);
  onTestFinished(() => rmSync(home));
  const { path, connect } = withText(home);
  await connect();
  expect(readFileSync(path, 'utf8')).toContain('"notes"');
});

test('a pipe in its place is not waited for', async () => {
  const home = newHome();
  mkdirSync(join(home, '.config'));
  const { path, connect } = openIn(home);
  await promisify(execFile)('mkfifo', [path]);
  await expect(connect()).rejects.toMatchObject({ code: 'client_config_unwritable' });
});

test('what another program writes between reading and writing is kept', async () => {
  const { path, file } = withText(newHome());
  let turns = 0;
  await file.change(
    (now) => {
      turns += 1;
      if (turns === 1) writeFileSync(path, '{"theirs": 1}');
      return jsonEditor.setEntry(now, { keys: ['mcpServers'], name: 'notes' }, entry);
    },
    { dryRun: false },
  );
  expect(turns).toBe(2);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ theirs: 1, mcpServers: { notes: entry } });
});

test('a program that never stops writing is named, and loses nothing', async () => {
  const home = newHome();
  const { path, file } = withText(home);
  let turns = 0;
  const change = file.change(
    (now) => {
      turns += 1;
      writeFileSync(path, `{"theirs": ${turns}}`);
      return jsonEditor.setEntry(now, { keys: ['mcpServers'], name: 'notes' }, entry);
    },
    { dryRun: false },
  );
  await expect(change).rejects.toMatchObject({ code: 'client_config_changed' });
  expect(readFileSync(path, 'utf8')).toBe(`{"theirs": ${turns}}`);
  expect(readdirSync(join(home, '.config'))).toEqual(['client.json']);
});

test('a file that another program makes in the meantime is not written over', async () => {
  const home = newHome();
  const { path, file } = openIn(home);
  mkdirSync(join(home, '.config'));
  const theirs = join(home, 'theirs.json');
  writeFileSync(theirs, '{"theirs": 1}');
  let made = false;
  await file.change(
    (now) => {
      if (!made) linkSync(theirs, path);
      made = true;
      return jsonEditor.setEntry(now, { keys: ['mcpServers'], name: 'notes' }, entry);
    },
    { dryRun: false },
  );
  expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveProperty('theirs', 1);
});

test('a change that cannot be written leaves the backup of the one before', async () => {
  const home = newHome();
  const { path, file, connect } = openIn(home);
  mkdirSync(join(home, '.config'));
  const failing = (name: string) =>
    file.change(
      (now) => {
        // It is still not there, and yet nothing can be put there.
        symlinkSync('nowhere', path);
        return jsonEditor.setEntry(now, { keys: ['mcpServers'], name }, entry);
      },
      { dryRun: false },
    );
  await expect(failing('first')).rejects.toMatchObject({ code: 'client_config_unwritable' });
  rmSync(path);
  await expect(file.undo(once1)).rejects.toMatchObject({ code: 'nothing_to_undo' });

  await connect();
  const ours = readFileSync(path);
  rmSync(path);
  await expect(failing('other')).rejects.toMatchObject({ code: 'client_config_unwritable' });
  rmSync(path);
  writeFileSync(path, ours);
  expect(await file.undo(once1)).toEqual({ before: ours.toString(), after: '' });
  expect(readdirSync(join(home, '.config'))).toEqual([]);
  expect(readdirSync(join(home, 'backups'))).toEqual([]);
});

let program: Awaited<ReturnType<typeof buildProgram>>;
beforeAll(async () => {
  program = await buildProgram('config-program');
});
afterAll(() => program.remove());

/** Large enough that writing it takes a while. */
const large = `{\n  "note": ${JSON.stringify('ä'.repeat(300_000))},\n  "mcpServers": {}\n}\n`;

/** Starts a writer in a home of its own, and kills it somewhere in its work, again and again. */
async function killWriters(kills: number): Promise<void> {
  const home = newHome();
  const { path } = withText(home, large);
  const outside = large.slice(0, large.indexOf('"mcpServers"'));
  for (let kill = 0; kill < kills; kill += 1) {
    const child = spawn(process.execPath, [program.file, path, home, 'notes'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await sleep((kill * 7) % 40);
    child.kill('SIGKILL');
    await exited;
    const now = readFileSync(path, 'utf8');
    expect(now.startsWith(outside)).toBe(true);
    expect(JSON.parse(now)).toHaveProperty('mcpServers.notes.command', 'x');
  }

  // What they have left is taken away by the next one, when it has lain there for a while.
  for (const folder of ['.config', 'backups'])
    for (const name of readdirSync(join(home, folder)))
      utimesSync(join(home, folder, name), new Date(0), new Date(0));
  await promisify(execFile)(process.execPath, [program.file, path, home, 'notes', '2']);
  expect(readdirSync(join(home, '.config'))).toEqual(['client.json']);
  expect(readdirSync(join(home, 'backups'))).toEqual(['notes']);
}

test(
  'a writer that is killed at any moment leaves the old bytes or the new ones',
  { timeout: 240_000 },
  async () => {
    await Promise.all([killWriters(100), killWriters(100)]);
  },
);

test('a full disk leaves the old bytes, and nothing else', async () => {
  const home = newHome();
  const { path } = withText(home, large);
  // 64 blocks of 512 bytes are less than the file.
  const script = `ulimit -f 64; exec "$0" "$@"`;
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    script,
    process.execPath,
    program.file,
    path,
    home,
    'notes',
    '1',
  ]);
  expect(stdout).toContain('client_config_unwritable');
  expect(stdout).toContain('full');
  expect(readFileSync(path, 'utf8')).toBe(large);
  expect(readdirSync(join(home, '.config'))).toEqual(['client.json']);
});

test('writers at the same time lose nothing that was there, and end with a whole file', async () => {
  const home = newHome();
  const { path } = withText(home, '{"theirs": 1}\n');
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const printed = await Promise.all(
    names.map((name) => promisify(execFile)(process.execPath, [program.file, path, home, name, '20'])),
  );
  expect(printed.map(({ stdout }) => stdout)).toEqual(names.map(() => '.'.repeat(20)));
  const now = JSON.parse(readFileSync(path, 'utf8')) as { mcpServers: object };
  expect(now).toHaveProperty('theirs', 1);
  expect(Object.keys(now.mcpServers).sort()).toEqual(names);
});
