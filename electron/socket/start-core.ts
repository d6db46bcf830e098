/** Starts a core in the background, once however many programs want one at the same moment. */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FairleadError } from '../../shared/errors.ts';
import { memoryFlags } from '../runtime/idle-memory.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import { coreEnvironment } from './core-environment.ts';

/** For this long after somebody began to start a core, nobody else does. Advice only: the socket's owner is the lock. */
const startingMs = 3_000;

/**
 * Begins to start a core, unless somebody just has. Returns at once; who needs the core keeps trying to join it.
 * @throws FairleadError core_unreachable where there is none to start
 */
export function startCore(paths: ProfilePaths, env: NodeJS.ProcessEnv): void {
  const { runtime, program } = coreProgram(env);
  const missing = [runtime, program].find((file) => !existsSync(file));
  if (missing !== undefined) throw notInstalled(missing);
  const mark = paths.starting;
  if (!takeMark(mark)) return;
  const core = spawn(runtime, [...memoryFlags, program], {
    cwd: paths.home,
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: coreEnvironment(env),
  });
  // One that cannot run is not to be started again and again: then the mark stays its time.
  core.on('error', () => undefined);
  core.on('exit', (status) => {
    if (status === 0) rmSync(mark, { force: true });
  });
  core.unref();
}

function takeMark(mark: string): boolean {
  try {
    writeFileSync(mark, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    const age = Date.now() - (statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > startingMs) rmSync(mark, { force: true });
    return false;
  }
}

/**
 * The core is beside this program, and runs as this does. An endpoint in a bundle lies elsewhere, and may be run by what can run
 * nothing else (Electron's utility process): it is told.
 */
function coreProgram(env: NodeJS.ProcessEnv): { runtime: string; program: string } {
  const { FAIRLEAD_RUNTIME: runtime = process.execPath, FAIRLEAD_PROGRAMS: folder } = env;
  return {
    runtime,
    program: join(folder ?? dirname(realpathSync(process.argv[1] ?? process.execPath)), 'core.js'),
  };
}

function notInstalled(missing: string): FairleadError {
  return new FairleadError(
    'core_unreachable',
    `Fairlead is not where this looks for it: there is no ${missing}.`,
    {
      help: 'Install Fairlead on this machine and add the container; then make the entry anew with `fairlead connect`, or the bundle with `fairlead bundle`.',
    },
  );
}
