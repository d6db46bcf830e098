/** Where the profile lives (docs/cli.md): one folder holds the config, the socket, the logs and the audit. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface ProfilePaths {
  readonly home: string;
  readonly config: string;
  /** What the platform said last of the account's containers. */
  readonly platform: string;
  /** What containers said of their tools when clients first got them. */
  readonly tools: string;
  /** Which programs have used which container. */
  readonly programs: string;
  readonly run: string;
  /** The local handshake's shared secret. */
  readonly key: string;
  /** There while somebody starts a core. */
  readonly starting: string;
  readonly coreRecord: string;
  readonly log: string;
  readonly audit: string;
  /** Other programs' configs as they were. */
  readonly backups: string;
}

/** `FAIRLEAD_HOME`, else the operating system's own place for an application's settings. */
export function profilePaths(env: NodeJS.ProcessEnv): ProfilePaths {
  const home = resolve(env['FAIRLEAD_HOME'] ?? defaultHome(env));
  return {
    home,
    config: join(home, 'config.json'),
    platform: join(home, 'platform.json'),
    tools: join(home, 'tools.json'),
    programs: join(home, 'programs.json'),
    run: join(home, 'run'),
    key: join(home, 'run', 'key'),
    starting: join(home, 'run', 'starting'),
    coreRecord: join(home, 'core.json'),
    log: join(home, 'log'),
    audit: join(home, 'audit.jsonl'),
    backups: join(home, 'backups'),
  };
}

function defaultHome(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Fairlead');
  if (process.platform === 'win32') {
    return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Fairlead');
  }
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'fairlead');
}
