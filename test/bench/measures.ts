/** What is measured of each way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { call, initialize, type Client, type Peer } from './peers.ts';

export async function joined(peer: Peer): Promise<Client> {
  const client = await peer.open();
  await client.request(initialize(0));
  await client.notify({ method: 'notifications/initialized' });
  return client;
}

/** From the start of the program to the answer to its first message, in ms. */
export async function startMs(peer: Peer): Promise<number> {
  const startedMs = performance.now();
  const client = await peer.open();
  await client.request(initialize(0));
  const took = performance.now() - startedMs;
  await client.close();
  return took;
}

/** Of Node itself: from the start of a program that does nothing to its end, in ms. */
export async function emptyStartMs(env: NodeJS.ProcessEnv): Promise<number> {
  const startedMs = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { env, stdio: 'ignore' }), 'exit');
  return performance.now() - startedMs;
}

/** One call after the other. @returns how long each took, in ms */
export async function callMs(client: Client, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let id = 1; id <= count; id += 1) {
    const startedMs = performance.now();
    await client.request(call(id));
    took.push(performance.now() - startedMs);
  }
  return took;
}

/** With 64 calls always under way. @returns calls per second */
export async function callsPerSecond(client: Client, count: number): Promise<number> {
  let next = 1_000_000;
  const last = next + count;
  const startedMs = performance.now();
  const caller = async () => {
    while (next < last) {
      next += 1;
      await client.request(call(next));
    }
  };
  await Promise.all(Array.from({ length: 64 }, caller));
  return count / ((performance.now() - startedMs) / 1000);
}

/** Memory of processes and all their descendants, shared pages divided among who shares them (PSS), in MiB. */
export function memoryMiB(roots: readonly number[]): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const parent = Number(/\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = new Set<number>();
  const add = (pid: number) => {
    if (tree.has(pid)) return;
    tree.add(pid);
    children.get(pid)?.forEach(add);
  };
  roots.forEach(add);
  const kib = [...tree].map((pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
  );
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
