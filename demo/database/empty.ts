/** An empty embedded database to begin with: to make one takes seconds, and it is always the same. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';

type Engine = typeof PGlite;

/** Made where it is not there yet; kept beside the packages, which are as much trusted, and renewed together with them. @returns a tar of its files */
export async function readEmptyDatabase(engine: Engine): Promise<Blob> {
  const file = await keptFile();
  try {
    return new Blob([await readFile(file)]);
  } catch {
    const made = await makeEmptyDatabase(engine);
    // Where nothing can be written, it is made anew each time.
    await keep(file, made).catch(() => undefined);
    return made;
  }
}

async function keptFile(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const packages = join(dirname(entry), '..', '..', '..');
  return join(packages, '.cache', 'fairlead-demo', `empty-database-${version}.tar`);
}

async function makeEmptyDatabase(engine: Engine): Promise<Blob> {
  const database = await engine.create();
  try {
    return await database.dumpDataDir('none');
  } finally {
    await database.close();
  }
}

/** Whole, or not at all: others may be reading it, or making it too. */
async function keep(file: string, made: Blob): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, Buffer.from(await made.arrayBuffer()));
  await rename(unfinished, file);
}
