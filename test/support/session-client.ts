/** A client of one session, without a socket: says lines, keeps what comes back. */
import { vi } from 'vitest';
import type { Container } from '../../shared/container.ts';
import { systemClock } from '../../electron/runtime/clock.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { openSession, type Session } from '../../electron/session/session.ts';
import type { FinishedRequest, RequestStage, StartedRequest } from '../../electron/session/observer.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { createUpstream } from '../../electron/upstream/upstream.ts';
import type { Send } from '../../electron/credentials/exchange.ts';
import type { Upstream } from '../../electron/upstream/conversation.ts';

export interface Heard {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { code: string } };
}

export interface SessionClient extends AsyncDisposable {
  readonly session: Session;
  readonly upstream: Upstream;
  /** As they came. */
  readonly lines: string[];
  readonly heard: Heard[];
  /** What the endpoint is to keep, by line number; and what it is told to be done with. */
  readonly retained: Set<number>;
  readonly settled: number[];
  readonly finished: (StartedRequest & FinishedRequest)[];
  /** How far requests have come, in the order in which they did. */
  readonly stages: (StartedRequest & { stage: RequestStage })[];
  /** The client stops and begins again to read. */
  full: boolean;
  /** Says a line. @returns its number */
  say(message: unknown): number;
  replay(message: unknown): void;
  /** Says a request and waits for its answer. */
  ask(id: string | number, method: string, params?: unknown): Promise<Heard>;
  answersTo(id: string | number | null): Heard[];
  heardOf(method: string): Heard[];
  /** `initialize` and `initialized`, both accepted. */
  greet(): Promise<void>;
  until(condition: () => boolean, what?: string): Promise<void>;
}

const line = (message: unknown) =>
  message instanceof Uint8Array
    ? message
    : Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));

export const greeting = {
  jsonrpc: '2.0',
  id: 'g',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
export const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };

export interface SessionClientOptions {
  transport?: Container['transport'];
  timeoutMs?: number;
  /** Between the session and its connections. */
  through?: (upstream: Upstream) => Upstream;
  send?: (send: Send) => Send;
  /** Hears each line at once, too. */
  onLine?: (line: string) => void;
}

export function openSessionClient(url: URL, options: SessionClientOptions = {}): SessionClient {
  const http = createHttpClient({ tls: {}, env: {} });
  const container: Container = {
    name: 'test',
    url: url.href,
    transport: options.transport ?? 'http',
    auth: { method: 'none' },
    tls: {},
    timeoutSeconds: 120,
  };
  const { send = (plain: Send) => plain, through = (plain: Upstream) => plain } = options;
  const upstream = through(createUpstream({ container, send: send(http.send), close: () => http.close() }));
  const lines: string[] = [];
  const heard: Heard[] = [];
  const retained = new Set<number>();
  const settled: number[] = [];
  const finished: SessionClient['finished'] = [];
  const stages: SessionClient['stages'] = [];
  let seq = 0;
  const session = openSession({
    upstream,
    timeLimitMs: () => options.timeoutMs ?? 50_000,
    clock: systemClock,
    logger: createLogger({ level: 'error', now: () => 0, write: () => undefined }),
    observer: {
      introduced: () => undefined,
      started: (request) => ({
        reached: (stage) => stages.push({ ...request, stage }),
        finished: (end) => finished.push({ ...request, ...end }),
      }),
      connected: () => undefined,
      closed: () => undefined,
    },
    channel: {
      write(message, settles) {
        const text = Buffer.from(message).toString();
        lines.push(text);
        options.onLine?.(text);
        heard.push(JSON.parse(text) as Heard);
        if (settles !== 0) settled.push(settles);
        return !client.full;
      },
      settle: (number) => void settled.push(number),
      retain: (number) => void retained.add(number),
      release: (number) => void retained.delete(number),
      close: () => undefined,
    },
  });
  const answersTo = (id: string | number | null) =>
    heard.filter((each) => each.method === undefined && each.id === id);
  const until = (condition: () => boolean, what = 'the awaited') =>
    vi.waitFor(
      () => {
        if (!condition()) throw new Error(`${what} did not happen; heard: ${lines.join(' ').slice(0, 500)}`);
      },
      { timeout: 40_000, interval: 5 },
    );
  const client: SessionClient = {
    session,
    upstream,
    lines,
    heard,
    retained,
    settled,
    finished,
    stages,
    full: false,
    say(message) {
      seq += 1;
      session.line(seq, line(message), false);
      return seq;
    },
    replay(message) {
      seq += 1;
      session.line(seq, line(message), true);
    },
    async ask(id, method, params = {}) {
      client.say({ jsonrpc: '2.0', id, method, params });
      await until(() => answersTo(id).length > 0, `an answer to ${String(id)}`);
      return answersTo(id)[0] as Heard;
    },
    answersTo,
    heardOf: (method) => heard.filter((each) => each.method === method),
    async greet() {
      client.say(greeting);
      const told = client.say(initialized);
      await until(() => settled.includes(told), 'initialized');
    },
    until,
    async [Symbol.asyncDispose]() {
      await session.close();
      await upstream.close();
    },
  };
  return client;
}
