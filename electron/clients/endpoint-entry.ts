/** What a client is to start for a container (docs/cli.md, "What a client's config gets"). */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { FairleadError } from '../../shared/errors.ts';
import { profilePaths } from '../runtime/paths.ts';
import type { EndpointEntry } from './known/known-client.ts';

/** The programs that write it, and the profile that it leads to. */
export interface EndpointPlace {
  /** Where the built programs lie: the endpoint, the core, the command line. */
  readonly programFolder: string;
  /** The profile's folder. */
  readonly home: string;
}

/** @throws FairleadError client_config_unwritable where this is the app, and there is no Node for its endpoint */
export function endpointEntry({ programFolder, home }: EndpointPlace, container: string): EndpointEntry {
  // Within the app's archive no other program can read it: a copy lies beside.
  const folder = programFolder.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
  const entry = { command: nodeProgram(), args: [join(folder, 'stdio.cjs'), 'stdio', container] };
  // Clients have none of a shell's variables: without this one the endpoint would join another core.
  return home === profilePaths({}).home ? entry : { ...entry, env: { FAIRLEAD_HOME: home } };
}

/** Where Node usually is: a program that was started from a dock has hardly any PATH. */
const usualFolders =
  process.platform === 'win32'
    ? ['C:\\Program Files\\nodejs']
    : ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'];

function nodeProgram(): string {
  // The app is no Node to other programs (its fuse runAsNode is off).
  if (!('electron' in process.versions)) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const found = [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders]
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new FairleadError('client_config_unwritable', 'Clients start Node, and it is not on this machine.', {
    help: 'Install Node 20 or newer from nodejs.org, then try again.',
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
