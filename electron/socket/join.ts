/** Stop 2, the caller's side: joins the core of this profile, and starts one where there is none. */
import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { FairleadError } from '../../shared/errors.ts';
import { profilePaths, type ProfilePaths } from '../runtime/paths.ts';
import { createConnection, type Connection } from './connection.ts';
import { greetCore, type Role } from './handshake.ts';
import { coreAddress, localKey, prepareProfile } from './profile.ts';

export interface JoinOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly role: Role;
  /** Whether to start a core where none answers. One that somebody just starts is waited for in any case. */
  readonly start: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const firstPauseMs = 10;
const longestPauseMs = 100;
const longestStartMs = 10_000;

/**
 * @returns a connection on which both sides have proved themselves
 * @throws FairleadError core_unreachable when none answers in time, profile_unsafe
 */
export async function joinCore(options: JoinOptions): Promise<Connection> {
  const paths = profilePaths(options.env);
  prepareProfile(paths);
  const deadline = performance.now() + options.timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    // Looked at first: the mark goes away once there is somebody to join.
    const isAwaited = options.start || isBeingStarted(paths);
    const connection = await tryToJoin(paths, options.role);
    if (connection !== undefined) return connection;
    if (!isAwaited) throw unreachable('No core is running.', 'Start one with `fairlead core`.');
    if (performance.now() > deadline || options.signal?.aborted === true) {
      throw unreachable(
        "Fairlead's core did not start in time.",
        `Run \`fairlead core --foreground\` to see why, or look into ${paths.log}.`,
      );
    }
    if (options.start) {
      // Loaded late: an endpoint that finds its core running needs none of it.
      const { startCore } = await import('./start-core.ts');
      startCore(paths, options.env);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** A mark that is older than any start takes is of one that failed. */
function isBeingStarted({ starting }: ProfilePaths): boolean {
  const startedAt = statSync(starting, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  return Date.now() - startedAt < longestStartMs;
}

/** @returns undefined when nobody listens, or no longer */
async function tryToJoin(paths: ProfilePaths, role: Role): Promise<Connection | undefined> {
  const address = coreAddress(paths);
  const socket = address === undefined ? undefined : await dial(address);
  if (address === undefined || socket === undefined) return undefined;
  const early = await greetCore(socket, { key: localKey(paths), address, role });
  return early === undefined ? undefined : createConnection(socket, early);
}

/** @returns undefined when nobody listens there */
export function dial(address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.off('error', onError);
      // Later errors end in `close`, which is what everybody listens to.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    const onError = () => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once('error', onError);
  });
}

function unreachable(message: string, help: string): FairleadError {
  return new FairleadError('core_unreachable', message, { help });
}
