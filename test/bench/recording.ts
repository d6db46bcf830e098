/** What the audit and the policy cost a call: one line of the audit, and a whole session with and without both. */
import { join } from 'node:path';
import { createAuditLog } from '../../electron/control/audit-log.ts';
import { verifyAudit } from '../../electron/control/audit-verify.ts';
import { createObservatory } from '../../electron/control/observatory.ts';
import { createDefinitionMemory } from '../../electron/containers/definition-memory.ts';
import { createProgramMemory } from '../../electron/containers/program-memory.ts';
import { createRegistry } from '../../electron/containers/registry.ts';
import { createPolicies } from '../../electron/core/policies.ts';
import { systemClock } from '../../electron/runtime/clock.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import { coverPolicy } from '../../electron/session/policy-cover.ts';
import type { SessionObserver } from '../../electron/session/observer.ts';
import { openSession } from '../../electron/session/session.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import type { Upstream } from '../../electron/upstream/conversation.ts';
import { createUpstream } from '../../electron/upstream/upstream.ts';
import type { AuditEvent } from '../../shared/audit.ts';
import { container as containerSchema, type Container } from '../../shared/container.ts';
import { callMs, quantile } from './measures.ts';
import { initialize, type Client } from './peers.ts';
import type { RecordingFigures } from './report.ts';

/** @param folder for the audits */
export async function measureRecording(
  url: URL,
  folder: string,
  plan: { rounds: number; calls: number; lines: number },
): Promise<RecordingFigures> {
  const took = await appendUs(join(folder, 'lines', 'audit.jsonl'), plan.lines);
  const sessions = await sessionMs(url, join(folder, 'sessions'), plan);
  return {
    lines: plan.lines,
    appendP50Us: quantile(took, 0.5),
    appendP99Us: quantile(took, 0.99),
    withP50Ms: quantile(sessions.kept, 0.5),
    withoutP50Ms: quantile(sessions.free, 0.5),
  };
}

const event: AuditEvent = {
  ...{ kind: 'call', container: 'notes', account: 'work', client: 'Cursor', pid: 12_345, session: 's1' },
  ...{
    method: 'tools/call',
    tool: 'add_note',
    outcome: 'ok',
    durationMs: 12.34,
    bytesOut: 321,
    bytesIn: 4321,
  },
};

/** Throws when a line was lost, or is not as it was written. */
async function appendUs(path: string, lines: number): Promise<number[]> {
  const audit = createAuditLog({ path });
  const took: number[] = [];
  for (let n = 1; n <= lines; n += 1) {
    const startedMs = performance.now();
    audit.append(event);
    took.push((performance.now() - startedMs) * 1000);
    // Nobody calls faster than a core can carry: while it writes, calls go on.
    if (n % 100 === 0) await new Promise(setImmediate);
    if (n % 10_000 === 0) await audit.flush();
  }
  await audit.flush();
  const report = await verifyAudit(path);
  if (!report.intact || report.lines !== lines)
    throw new Error(`The audit is not whole: ${JSON.stringify(report)}`);
  return took;
}

async function sessionMs(url: URL, folder: string, { rounds, calls }: { rounds: number; calls: number }) {
  const audit = createAuditLog({ path: join(folder, 'audit.jsonl') });
  const registry = createRegistry({ paths: profilePaths({ FAIRLEAD_HOME: folder }) });
  const container = containerSchema.parse({
    name: 'bench',
    url: url.href,
    transport: 'http',
    auth: { method: 'none' },
  });
  registry.add(container);
  registry.setPolicy(container, {
    tools: [{ deny: 'delete_*' }],
    programs: { bench: [{ deny: 'drop_*' }] },
    changedTools: 'hold',
    consents: [{ program: 'bench', allowed: true }],
    consent: 'ask',
  });
  const definitions = createDefinitionMemory(join(folder, 'tools.json'));
  const policies = createPolicies({
    registry,
    audit,
    memory: definitions,
    programs: createProgramMemory(join(folder, 'programs.json')),
    clock: systemClock,
  });
  const opened = { container, configured: true };
  const program = Promise.resolve({ name: 'bench' });
  const unchanging = { onChange: () => () => undefined };
  const watchedBy = (append: (event: AuditEvent) => void) =>
    createObservatory({
      core: { pid: process.pid, version: '0', startedAt: 0, vault: 'memory', home: folder },
      registry,
      definitions,
      consents: policies,
      broker: { ...unchanging, pending: () => [], presence: () => Promise.resolve('not_needed') },
      account: { status: () => Promise.resolve(undefined) },
      live: { ...unchanging, row: () => undefined, currency: undefined },
      signIns: () => 0,
      clock: systemClock,
      audit: append,
    }).watch(opened, { pid: 1, program });
  const took = { kept: [] as number[], free: [] as number[] };
  const policy = policies.watch(opened, program);
  const kept = await openClient(container, {
    observer: watchedBy((event) => audit.append(event)),
    through: (upstream) => coverPolicy({ upstream, policy, name: container.name }),
  });
  const free = await openClient(container, {
    observer: watchedBy(() => undefined),
    through: (plain) => plain,
  });
  for (const client of [kept, free]) await callMs(client, 500);
  // In small turns, so that what the machine does meanwhile falls on both.
  for (let turn = 0; turn < rounds * 10; turn += 1) {
    const both = [
      { client: kept, into: took.kept },
      { client: free, into: took.free },
    ];
    for (const { client, into } of turn % 2 === 0 ? both : both.reverse())
      into.push(...(await callMs(client, calls / 10)));
  }
  await Promise.all([kept.close(), free.close()]);
  await audit.flush();
  return took;
}

/** A session as the core has it, without an endpoint before it. */
async function openClient(
  container: Container,
  { observer, through }: { observer: SessionObserver; through: (upstream: Upstream) => Upstream },
): Promise<Client> {
  const http = createHttpClient({ tls: {}, env: {} });
  const upstream = through(createUpstream({ container, send: http.send, close: () => http.close() }));
  const waiting: (() => void)[] = [];
  let seq = 0;
  const session = openSession({
    upstream,
    observer,
    timeLimitMs: () => 120_000,
    clock: systemClock,
    logger: createLogger({ level: 'error', now: () => 0, write: () => undefined }),
    channel: {
      write() {
        // One at a time: it can only be what is waited for.
        waiting.shift()?.();
        return true;
      },
      settle: () => undefined,
      retain: () => undefined,
      release: () => undefined,
      close: () => undefined,
    },
  });
  const say = (message: object) => {
    seq += 1;
    session.line(seq, Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })), false);
  };
  const client: Client = {
    pid: undefined,
    request: (message) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        say(message);
      }),
    notify(message) {
      say(message);
      return Promise.resolve();
    },
    async close() {
      await session.close();
      await upstream.close();
    },
  };
  await client.request(initialize(0));
  await client.notify({ method: 'notifications/initialized' });
  return client;
}
