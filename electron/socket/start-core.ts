/** Starts a core in the background, once however many programs want one at the same moment. */
import { spawn } from 'node:child_process';
import { realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { memoryFlags } from '../runtime/idle-memory.ts';
import type { ProfilePaths } from '../runtime/paths.ts';

/**
 * What the core inherits. A client's config may hand secrets to the endpoint in its environment; they end there.
 * Everything else a core needs from outside is named here.
 */
const inherited =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|FAIRLEAD_.*|BROWSER|DISPLAY|WAYLAND_DISPLAY|XDG_.*|DBUS_SESSION_BUS_ADDRESS|GNOME_KEYRING_CONTROL|(HTTPS?|ALL|NO)_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|USERNAME|ELECTRON_RUN_AS_NODE)$/i;

export function coreEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => inherited.test(name)));
}

/** For this long after somebody began to start a core, nobody else does. Advice only: the socket's owner is the lock. */
const startingMs = 3_000;

/** Begins to start a core, unless somebody just has. Returns at once; who needs the core keeps trying to join it. */
export function startCore(paths: ProfilePaths, env: NodeJS.ProcessEnv): void {
  const mark = paths.starting;
  if (!takeMark(mark)) return;
  const core = spawn(process.execPath, [...memoryFlags, join(programFolder(), 'core.js')], {
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

/** Where this program's built files lie, the core's among them. */
function programFolder(): string {
  return dirname(realpathSync(process.argv[1] ?? process.execPath));
}
