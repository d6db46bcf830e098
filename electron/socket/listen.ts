/** Stop 2, the core's side: owns the profile's socket and admits who can prove to be this user's program. */
import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { claim } from '../runtime/claim.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import { asFairleadError } from '../../shared/errors.ts';
import { createConnection, type Connection } from './connection.ts';
import { admitCaller, type Role } from './handshake.ts';
import { dial } from './join.ts';
import { coreAddress, localKey, pipeNameFile, prepareProfile } from './profile.ts';

export interface CoreSocket {
  /** Stops listening and gives the place up; open connections are their owners' to close. Idempotent. */
  close(): void;
}

/**
 * @param admit called for each connection whose caller has proved itself
 * @returns undefined when another core of this profile is running
 * @throws FairleadError profile_unsafe
 */
export async function listenAsCore(
  paths: ProfilePaths,
  logger: Logger,
  admit: (connection: Connection, role: Role) => void,
): Promise<CoreSocket | undefined> {
  prepareProfile(paths);
  const key = localKey(paths);
  // One core at a time looks whether the place is free and takes it.
  const release = await claim(join(paths.run, 'claim'));
  try {
    const current = coreAddress(paths);
    const other = current === undefined ? undefined : await dial(current);
    if (other !== undefined) {
      other.destroy();
      return undefined;
    }
    const address = ownAddress(paths);
    const server = createServer((socket) => {
      void admitSocket(socket);
    });
    const admitSocket = async (socket: Socket) => {
      socket.on('error', () => undefined);
      try {
        const { role, early } = await admitCaller(socket, { key, address });
        admit(createConnection(socket, early), role);
      } catch (thrown) {
        const { code, message } = asFairleadError(thrown);
        logger.warn('socket.refused', { code, message });
      }
    };
    await listenAt(server, address);
    const inode = announce(paths, address);
    rmSync(paths.starting, { force: true });
    return {
      close() {
        server.close();
        // Only what is still ours: a core that came after us may hold the place already.
        const place = process.platform === 'win32' ? pipeNameFile(paths) : address;
        if (statSync(place, { throwIfNoEntry: false })?.ino === inode) rmSync(place, { force: true });
      },
    };
  } finally {
    await release();
  }
}

function ownAddress(paths: ProfilePaths): string {
  if (process.platform !== 'win32') {
    const address = coreAddress(paths) as string;
    rmSync(address, { force: true });
    return address;
  }
  // Pipe names are visible to all users. A name nobody can guess and that is never used again cannot be squatted.
  return `\\\\.\\pipe\\fairlead-${randomBytes(16).toString('hex')}`;
}

/** Makes the address known. @returns what marks the announcement as ours */
function announce(paths: ProfilePaths, address: string): number {
  if (process.platform !== 'win32') {
    chmodSync(address, 0o600);
    return statSync(address).ino;
  }
  const file = pipeNameFile(paths);
  writeFileSync(`${file}.new`, address, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return statSync(file).ino;
}

function listenAt(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
