/** Stop 2: which program is at the other end of an endpoint: the one that has started it, as the operating system has it. */
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { nameOfProgram } from './program-name.ts';

/** As its name says, also of a program that claims to be another: it is there for people to recognise. */
export interface Program {
  readonly name: string;
  /** Of its executable. */
  readonly path?: string;
}

/** Who has joined as an endpoint. */
export interface Peer {
  readonly pid: number;
  /** That uses it; undefined where the system does not tell. Never rejects. */
  readonly program: Promise<Program | undefined>;
}

/** A process as far as it matters here. */
export interface ProcessFacts {
  readonly parentPid: number;
  /** Its executable; only its name where there is no more to be had. */
  readonly path: string | undefined;
  /** Its command line: words where the system has words, else one text. */
  readonly args: readonly string[];
}

/** Throws when there is no such process. */
export type ReadProcess = (pid: number) => Promise<ProcessFacts>;

const run = promisify(execFile);
const askMs = 5_000;
/** Shells and launchers between a program and what it starts; more are a riddle. */
const maxSteps = 8;

/**
 * @param pid of an endpoint
 * @returns undefined where the system does not tell; never throws
 */
export async function programOf(
  pid: number,
  read: ReadProcess = readersByPlatform[process.platform] ?? readFromPs,
): Promise<Program | undefined> {
  try {
    let { parentPid } = await read(pid);
    for (let step = 0; step < maxSteps && parentPid > 1; step += 1) {
      const parent = await read(parentPid);
      const name = nameOfProgram(parent);
      if (name !== undefined) return { name, ...(parent.path !== undefined && { path: parent.path }) };
      parentPid = parent.parentPid;
    }
  } catch {
    // It has ended meanwhile, or is another user's.
  }
  return undefined;
}

/** proc(5). */
export const readFromProc: ReadProcess = async (pid) => {
  const [stat, cmdline, path] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/cmdline`, 'utf8'),
    readlink(`/proc/${pid}/exe`).catch(() => undefined),
  ]);
  // The name in parentheses may hold any of them.
  const [, parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const args = cmdline.replace(/\0+$/, '').split('\0');
  return { parentPid: Number(parent), path: path?.replace(/ \(deleted\)$/, ''), args };
};

/** ps(1) of macOS and the BSDs, where `comm` is the whole path. */
export const readFromPs: ReadProcess = async (pid) => {
  const ask = async (columns: string) =>
    (await run('ps', ['-o', columns, '-p', String(pid)], { timeout: askMs })).stdout.trim();
  const [facts, args] = await Promise.all([ask('ppid=,comm='), ask('args=')]);
  const [, parent, path] = /^(\d+)\s+(.*)$/.exec(facts) ?? [];
  return { parentPid: Number(parent), path, args: [args] };
};

const readFromWindows: ReadProcess = async (pid) => {
  const query = `Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}' | Select-Object ParentProcessId,ExecutablePath,Name,CommandLine | ConvertTo-Json -Compress`;
  const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query], {
    timeout: askMs,
    windowsHide: true,
  });
  const found = JSON.parse(stdout) as Record<string, string | number | null>;
  const { ExecutablePath: path, Name: name, CommandLine: line } = found;
  return {
    parentPid: Number(found['ParentProcessId']),
    path: String(path ?? name),
    args: [String(line ?? '')],
  };
};

const readersByPlatform: Readonly<Partial<Record<NodeJS.Platform, ReadProcess>>> = {
  linux: readFromProc,
  win32: readFromWindows,
};
