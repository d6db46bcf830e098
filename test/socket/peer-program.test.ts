import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { programOf, readFromProc, readFromPs } from '../../electron/socket/peer-program.ts';

/** A process that waits, and its child that does. @returns the child's id */
async function startFamily(command: string, args: readonly string[]): Promise<number> {
  const parent = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  onTestFinished(() => {
    process.kill(pid, 'SIGKILL');
    parent.kill('SIGKILL');
  });
  return pid;
}

const start = `const child = require('child_process').spawn('sleep', ['60']); console.log(child.pid)`;
const readers = [
  ['ps', readFromPs] as const,
  ...(process.platform === 'linux' ? [['proc', readFromProc] as const] : []),
];

test.each(readers)(
  'finds by %s which program has started a process, by the title it gave itself',
  async (_name, read) => {
    const pid = await startFamily(process.execPath, ['-e', `process.title = 'my-agent'; ${start}`]);
    expect(await programOf(pid, read)).toMatchObject({ name: 'my-agent' });
  },
);

test.each(readers)('looks by %s behind the shell between them', async (_name, read) => {
  const family = `process.title = 'my-agent'; const shell = require('child_process').spawn('sh', ['-c', 'sleep 60 & echo $!; wait']); shell.stdout.pipe(process.stdout)`;
  const pid = await startFamily(process.execPath, ['-e', family]);
  expect(await programOf(pid, read)).toMatchObject({ name: 'my-agent' });
});

test('knows nothing of a process that is not there', async () => {
  expect(await programOf(2 ** 22 + 1)).toBeUndefined();
});
