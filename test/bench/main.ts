/** `npm run bench`: direct HTTP, mcp-remote and Fairlead side by side, in turns, written to docs/benchmarks.md. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { callMs, callsPerSecond, emptyStartMs, joined, memoryMiB, quantile, startMs } from './measures.ts';
import { measureRecording } from './recording.ts';
import { directPeer, stdioPeer, type Peer } from './peers.ts';
import { report, type Figures, type RecordingFigures } from './report.ts';

const root = new URL('../../', import.meta.url).pathname;
const clientsForMemory = 10;

interface Samples {
  readonly start: number[];
  readonly p50: number[];
  readonly p99: number[];
  readonly perSecond: number[];
  readonly memory: number[];
}

/** @param args `--quick` for a look, which is not written down */
export async function main(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const plan = quick
    ? { rounds: 2, starts: 2, calls: 300, burst: 2_000, lines: 50_000 }
    : { rounds: 3, starts: 5, calls: 2_000, burst: 8_000, lines: 1_000_000 };
  const home = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const server = spawn(process.execPath, [join(root, 'test/bench/echo-server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${port.toString().trim()}/mcp`;
  const env = {
    ...{ ...process.env, HOME: home, FAIRLEAD_HOME: join(home, 'fairlead'), FAIRLEAD_VAULT: 'memory' },
    // Node would read it at the start of each of them, which takes it longer than all else.
    NODE_EXTRA_CA_CERTS: '',
  };

  const direct = directPeer(new URL(url));
  const remote = stdioPeer(
    'mcp-remote',
    [join(root, 'node_modules/mcp-remote/dist/proxy.js'), url, '--allow-http', '--transport', 'http-only'],
    env,
  );
  const fairlead = stdioPeer('Fairlead', [join(root, 'dist/stdio.cjs'), 'stdio', url], env);
  const peers = [direct, remote, fairlead];
  const samples = new Map<Peer, Samples>(
    peers.map((peer) => [peer, { start: [], p50: [], p99: [], perSecond: [], memory: [] }]),
  );

  const emptyStarts: number[] = [];
  let recording: RecordingFigures | undefined;
  try {
    // The core is warm in what follows, as it is on a desk.
    await startMs(fairlead);
    const corePid = () =>
      (JSON.parse(readFileSync(join(home, 'fairlead/core.json'), 'utf8')) as { pid: number }).pid;
    for (let round = 0; round < plan.rounds; round += 1) {
      for (let i = 0; i < plan.starts; i += 1) emptyStarts.push(await emptyStartMs(env));
      for (const peer of peers) {
        const own = samples.get(peer) as Samples;
        if (peer !== direct) for (let i = 0; i < plan.starts; i += 1) own.start.push(await startMs(peer));
        const client = await joined(peer);
        await callMs(client, 100);
        const took = await callMs(client, plan.calls);
        own.p50.push(quantile(took, 0.5));
        own.p99.push(quantile(took, 0.99));
        await callsPerSecond(client, plan.burst / 10);
        own.perSecond.push(await callsPerSecond(client, plan.burst));
        await client.close();
      }
      for (const peer of [remote, fairlead]) {
        const clients = await Promise.all(Array.from({ length: clientsForMemory }, () => joined(peer)));
        for (const client of clients) await callMs(client, 20);
        // At rest, as most of a day's clients are.
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        const pids = clients.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
        samples.get(peer)?.memory.push(memoryMiB(peer === fairlead ? [...pids, corePid()] : pids));
        await Promise.all(clients.map((client) => client.close()));
      }
      console.log(`round ${round + 1} of ${plan.rounds}`);
    }
    process.kill(corePid());
    recording = await measureRecording(new URL(url), home, plan);
  } finally {
    server.kill();
    rmSync(home, { recursive: true, force: true });
  }

  const figures: Figures[] = peers.map((peer) => {
    const own = samples.get(peer) as Samples;
    const middle = (values: readonly number[]) => (values.length === 0 ? undefined : quantile(values, 0.5));
    return {
      name: peer.name,
      startMs: middle(own.start),
      p50Ms: middle(own.p50),
      p99Ms: middle(own.p99),
      perSecond: middle(own.perSecond),
      memoryMiB: middle(own.memory),
    };
  });
  const text = report(figures, recording, {
    cores: cpus().length,
    node: process.version,
    rounds: plan.rounds,
    emptyStartMs: quantile(emptyStarts, 0.5),
  });
  console.log(text);
  const file = join(root, 'docs/benchmarks.md');
  // Made by another program.
  const [ofWindow = ''] = /\n## The window[\s\S]*$/.exec(readFileSync(file, 'utf8')) ?? [];
  if (!quick) writeFileSync(file, `${text}${ofWindow}`);
}
