// The lock of `app.requestSingleInstanceLock`, which answers at once: a file with who has it. Others leave it their arguments.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns whether this process is the first; then `onSecond` gets the arguments of each other */
export function takeLock(folder, onSecond) {
  const lock = join(folder, 'instance');
  const letters = join(folder, 'letters');
  mkdirSync(letters, { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch {
    if (isAlive(Number(readFileSync(lock, 'utf8')))) {
      const letter = join(folder, `letter-${process.pid}`);
      writeFileSync(letter, JSON.stringify(process.argv));
      renameSync(letter, join(letters, String(process.pid)));
      return false;
    }
    writeFileSync(lock, String(process.pid));
  }
  watch(letters, () => {
    for (const name of readdirSync(letters)) {
      const args = JSON.parse(readFileSync(join(letters, name), 'utf8'));
      rmSync(join(letters, name));
      onSecond(args);
    }
  }).unref();
  process.once('exit', () => rmSync(lock, { force: true }));
  return true;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
