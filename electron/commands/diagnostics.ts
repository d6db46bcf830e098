/** `fairlead doctor --bundle <file>`: one file for somebody who is to help, listed before it is written. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Layer } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { plainJson } from '../../shared/plain-json.ts';
import type { ControlClient } from '../control/client.ts';
import { gather } from '../control/diagnostics-contents.ts';
import { withCore, type CommandContext } from './context.ts';

/** @param layers what the doctor has found. Throws usage, cancelled, and what keeps the file from being written. */
export async function writeDiagnostics(
  context: CommandContext,
  layers: readonly Layer[],
  { file, yes }: { file: string; yes: boolean },
): Promise<void> {
  const { output, cwd } = context;
  const path = resolve(cwd, file);
  const call: ControlClient['call'] = (name, input) =>
    withCore(context, 'running', (core) => core.call(name, input));
  const contents = await gather({ ...context, call }, layers);
  const parts = Object.entries(contents).map(([name, { what, value }]) => ({
    ...{ name, what },
    bytes: Buffer.byteLength(plainJson(value, 2)),
  }));
  output.note(`fairlead: ${path} will hold:`);
  for (const { name, what, bytes } of parts) output.note(`- ${name}, ${sizeText(bytes)}: ${what}.`);
  output.note('No key, token or e-mail address, and nothing of what calls carried.');
  if (!yes && context.stdin.isTTY === true && !(await agrees(context)))
    throw new FairleadError('cancelled', 'Nothing was written.');
  const values = Object.fromEntries(Object.entries(contents).map(([name, { value }]) => [name, value]));
  await write(path, `${plainJson(values, 2)}\n`);
  output.result({ file: path, contents: parts }, () => `Wrote ${path}. Read it before you hand it on.`);
}

/** Never over another file: the name may have been mistyped. */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new FairleadError('usage', exists ? `${path} exists already.` : `${path} cannot be written.`, {
      help: 'Give the name of a new file, in a folder that you may write to.',
      cause,
    });
  }
}

async function agrees({ stdin, stderr }: CommandContext): Promise<boolean> {
  stderr.write('Write it? [y/N] ');
  stdin.resume();
  const answer = await new Promise<string>((settle) => {
    stdin.once('data', (chunk: Buffer) => settle(chunk.toString('utf8')));
    stdin.once('end', () => settle(''));
  });
  stdin.pause();
  return /^y(es)?$/i.test(answer.trim());
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} KiB`;
}
