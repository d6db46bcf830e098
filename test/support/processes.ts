/** What /proc tells of running programs: which belong to a profile, and how much memory one holds. All of it on Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProcess {
  readonly pid: number;
  /** The arguments, each ended by a NUL (proc(5)). */
  readonly cmdline: string;
  readonly environ: string;
}

/** Every process that was started with this FAIRLEAD_HOME. One that has ended and was not collected has no environment. */
export function processesOf(home: string): RunningProcess[] {
  if (process.platform !== 'linux') return recordedCore(home);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      cmdline: readOrEmpty(`/proc/${name}/cmdline`),
      environ: readOrEmpty(`/proc/${name}/environ`),
    }))
    .filter(({ environ }) => environ.split('\0').includes(`FAIRLEAD_HOME=${home}`));
}

/** Elsewhere than on Linux nobody tells whose a process is but the core itself. */
function recordedCore(home: string): RunningProcess[] {
  const record = readOrEmpty(join(home, 'core.json'));
  const pid = record === '' ? undefined : (JSON.parse(record) as { pid: number }).pid;
  if (pid === undefined || !isAlive(pid)) return [];
  return [{ pid, cmdline: 'node\0/core.js\0', environ: `FAIRLEAD_HOME=${home}` }];
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export function isCore({ cmdline }: RunningProcess): boolean {
  return /\/core\.js\0/.test(cmdline);
}

/** Resident memory in MiB, 0 where the process is gone. */
export function residentMiB(pid: number): number {
  const kiB = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return Number(kiB ?? 0) / 1024;
}

export interface MemoryWatch {
  /** Ends the watch. @returns the most that was seen, in MiB */
  peak(): number;
}

export function watchMemory(pid: number): MemoryWatch {
  let most = residentMiB(pid);
  const timer = setInterval(() => (most = Math.max(most, residentMiB(pid))), 50);
  return {
    peak() {
      clearInterval(timer);
      return Math.max(most, residentMiB(pid));
    },
  };
}

/** Ends processes by their ids: asks first, and insists after `patienceMs`. */
export async function endProcesses(pids: () => number[], patienceMs: number): Promise<void> {
  signal(pids(), 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  while (pids().length > 0) {
    if (Date.now() > deadline) signal(pids(), 'SIGKILL');
    await sleep(20);
  }
}

export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
