/** What is known of a program that takes MCP servers from a config file: one such record per program, beside this file. */
import { posix, win32 } from 'node:path';
import type { ClientVariable, FoundClient } from '../../../shared/clients-control.ts';
import type { EntryPlace, EntryValue } from '../edit/editor.ts';

/** The machine that the program runs on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The person's home directory. */
  readonly home: string;
  readonly env: { readonly [Variable in ClientVariable]?: string | undefined };
}

/** What a client is to start: docs/cli.md, "What a client's config gets". */
export interface EndpointEntry {
  readonly command: string;
  readonly args: readonly string[];
  /** What it is to find in its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface KnownClient {
  readonly id: string;
  readonly title: string;
  readonly format: 'json' | 'toml' | 'yaml';
  /** The keys that lead to the entries. */
  readonly keys: EntryPlace['keys'];
  config(machine: Machine): string;
  /** Folders that are there when the program is. */
  traces(machine: Machine): readonly string[];
  /** An entry in the program's own shape. */
  entry(endpoint: EndpointEntry, name: string): { readonly [key: string]: EntryValue };
  /** Names that it takes, where not all of ours. */
  readonly names?: RegExp;
  /** When it sees a change. */
  readonly takesUp: FoundClient['takesUp'];
}

/** A folder that a variable names; one that is empty names none. */
export function folderIn({ env }: Machine, variable: ClientVariable): string | undefined {
  const folder = env[variable];
  return folder === '' ? undefined : folder;
}

/** A path below a folder, written as the machine's platform does, whichever platform this is. */
export function below({ platform }: Machine, ...parts: readonly string[]): string {
  return (platform === 'win32' ? win32 : posix).join(...parts);
}

export function inHome(machine: Machine, ...parts: readonly string[]): string {
  return below(machine, machine.home, ...parts);
}

/** Where a program with a window keeps what is the person's own. */
export function inAppData(machine: Machine, ...parts: readonly string[]): string {
  const { platform } = machine;
  if (platform === 'darwin') return inHome(machine, 'Library', 'Application Support', ...parts);
  if (platform === 'win32')
    return below(machine, folderIn(machine, 'APPDATA') ?? inHome(machine, 'AppData', 'Roaming'), ...parts);
  return inConfig(machine, ...parts);
}

/** The XDG Base Directory's place for settings, as programs use it on macOS, too. */
export function inConfig(machine: Machine, ...parts: readonly string[]): string {
  return below(machine, folderIn(machine, 'XDG_CONFIG_HOME') ?? inHome(machine, '.config'), ...parts);
}

/** The shape that most of them share. */
export function plainEntry({ command, args, env }: EndpointEntry): { readonly [key: string]: EntryValue } {
  return { command, args, ...(env !== undefined && { env }) };
}
