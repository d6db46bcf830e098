/** `fairlead bundle`: a container as one file that Claude Desktop installs when it is opened. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { FairleadError } from '../../shared/errors.ts';
import { withCore, type CommandContext } from './context.ts';
import { entryFor } from './endpoint-entry.ts';
import type { BundleParts } from './mcpb.ts';
import { plainLine } from './plain-text.ts';

interface Options {
  readonly out?: string;
  readonly force?: boolean;
}

export function declareBundle(command: Command, context: CommandContext): void {
  command
    .description('write a container into an .mcpb file, which Claude Desktop installs')
    .argument('<name>')
    .option('--out <file>', 'where to; default: <name>.mcpb in this folder')
    .option('--force', 'write over whatever has that name')
    .addHelpText('after', '\nExample:\n  fairlead bundle notes --out notes.mcpb')
    .action(async (name: string, { out = `${name}.mcpb`, force = false }: Options) => {
      if (!out.toLowerCase().endsWith('.mcpb'))
        throw new FairleadError('usage', 'Claude Desktop knows a bundle by its name, which ends in .mcpb.');
      const { cwd, output, programFolder } = context;
      const all = await withCore(context, 'start', (core) => core.call('containers.list', {}));
      const entry = entryFor(context, all, name);
      const endpoint = await readFile(join(programFolder, 'stdio.cjs'));
      const file = resolve(cwd, out);
      await write(file, { name, entry, programFolder, endpoint }, force);
      output.result(
        { container: name, file },
        () =>
          `Wrote ${plainLine(file)}\nOpen it with Claude Desktop to install it. It leads to Fairlead on this machine alone.`,
      );
    });
}

async function write(file: string, parts: BundleParts, force: boolean): Promise<void> {
  // Loaded when wanted: no other command makes or writes such files.
  const [{ isOurBundle, makeBundle }, { prepareFile, readState, syncFolder }] = await Promise.all([
    import('./mcpb.ts'),
    import('../clients/write-file.ts'),
  ]);
  const present = force ? undefined : await readState(file);
  if (present !== undefined && !isOurBundle(present.bytes)) {
    throw new FairleadError('usage', `${file} exists already, and is no bundle of Fairlead's.`, {
      help: 'Give another name with --out, or write over it with --force.',
    });
  }
  const prepared = await prepareFile(
    file,
    makeBundle(parts),
    force || present !== undefined ? 'anything' : 'nothing',
  );
  try {
    prepared.commit();
  } finally {
    await prepared.discard();
  }
  await syncFolder(file);
}
