/**
 * A Secret Service of a test's own: a private D-Bus and a real gnome-keyring-daemon in a temporary HOME.
 * A child process that is given `env` uses that keyring. (Not this process: libsecret reads the address once.)
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const password = 'correct horse';
const collection = '/org/freedesktop/secrets/collection/login';

export interface Keyring extends AsyncDisposable {
  /** To be laid over a child's environment: HOME, the XDG directories and the bus. */
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  lock(): Promise<void>;
  unlock(): Promise<void>;
  /** Starts the service anew, unlocked; also where there was none. */
  restart(): Promise<void>;
  /** Stops the service from answering, until `resume`: as if it waited for somebody to answer a prompt. */
  suspend(): void;
  resume(): void;
  close(): Promise<void>;
}

/** @param options.service false: a session bus, as on a headless machine, without any Secret Service on it */
export async function startKeyring(options: { locked?: boolean; service?: boolean } = {}): Promise<Keyring> {
  const home = await mkdtemp(join(tmpdir(), 'keyring-'));
  const env = environment(home);
  for (const folder of [env.XDG_RUNTIME_DIR, env.XDG_CONFIG_HOME, env.XDG_DATA_HOME, env.XDG_CACHE_HOME]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const config = join(home, 'bus.conf');
  await writeFile(config, busConfig(env.DBUS_SESSION_BUS_ADDRESS));
  const childEnv = { ...process.env, ...env };
  const send = (destination: string, path: string, message: string[]) =>
    run('dbus-send', ['--session', '--print-reply=literal', `--dest=${destination}`, path, ...message], {
      env: childEnv,
    });

  const isOn = async (name: string) => {
    const message = ['org.freedesktop.DBus.NameHasOwner', `string:${name}`];
    const reply = await send('org.freedesktop.DBus', '/', message).catch(() => undefined);
    return reply?.stdout.includes('true') === true;
  };
  const until = async (name: string) => {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (await isOn(name)) return;
      await sleep(50);
    }
    throw new Error(`${name} did not come up on the test's bus`);
  };

  const openDaemon = async () => {
    const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      env: childEnv,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    daemon.stdin.end(password);
    await until('org.freedesktop.secrets');
    return daemon;
  };
  const lock = async () => {
    const message = ['org.freedesktop.Secret.Service.Lock', `array:objpath:${collection}`];
    await send('org.freedesktop.secrets', '/org/freedesktop/secrets', message);
  };

  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile'], {
    env: childEnv,
    stdio: 'ignore',
  });
  let daemon: ChildProcess | undefined;
  const close = async () => {
    await end(daemon);
    await end(bus);
    await rm(home, { recursive: true, force: true });
  };

  try {
    await until('org.freedesktop.DBus');
    if (options.service !== false) daemon = await openDaemon();
    if (options.locked === true) await lock();
  } catch (thrown) {
    await close();
    throw thrown;
  }

  return {
    env,
    home,
    lock,
    unlock: () => unlock(join(env.XDG_RUNTIME_DIR, 'keyring', 'control')),
    async restart() {
      await end(daemon);
      daemon = await openDaemon();
    },
    suspend: () => void daemon?.kill('SIGSTOP'),
    resume: () => void daemon?.kill('SIGCONT'),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What a child is given to find no session bus at all. */
export const noBus = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } as const;

/** What PAM does when somebody signs in (gnome-keyring, daemon/control): a credential byte, then one packet of its
 * length, the operation and the password, with 32-bit numbers. The answer is a length and 0. */
async function unlock(controlSocket: string): Promise<void> {
  const packet = Buffer.alloc(13 + password.length);
  packet.writeUInt32BE(packet.length - 1, 1);
  packet.writeUInt32BE(1, 5);
  packet.writeUInt32BE(password.length, 9);
  packet.write(password, 13);
  const socket = connect(controlSocket);
  socket.write(packet);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (answer.readUInt32BE(4) !== 0) throw new Error('the test keyring did not unlock');
}

function environment(home: string) {
  const runtime = join(home, 'run');
  return {
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(runtime, 'bus')}`,
  };
}

/** Names no service directory: nothing is started on demand, neither the machine's own keyring nor its prompter. */
function busConfig(address: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
`;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
