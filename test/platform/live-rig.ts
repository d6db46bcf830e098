/** A signed-in core's view of the account's containers, with what takes long made quick, and a front to the platform's API. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Broker } from '../../electron/credentials/broker.ts';
import type { Send } from '../../electron/credentials/exchange.ts';
import { createPlatformClient, type PlatformClient } from '../../electron/platform/client.ts';
import type { Pace } from '../../electron/platform/follow-containers.ts';
import { createLiveContainers, type LiveContainers } from '../../electron/platform/live-containers.ts';
import { createRowCache } from '../../electron/platform/row-cache.ts';
import { systemClock } from '../../electron/runtime/clock.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { openPlatformRig, type PlatformRig, type PlatformRigOptions } from '../support/platform-rig.ts';
import { startWebServer } from '../support/web-server.ts';

const quick: Partial<Pace> = {
  retryMs: 50,
  mostRetryMs: 200,
  pollMs: 100,
  hurriedPollMs: 20,
  eventsAgainMs: 500,
  goodStreamMs: 20,
};

/** What stands between Fairlead and the platform. */
export interface Front {
  /** What becomes of `GET /events`: passed on, refused with this status, or answered with a stream that says nothing. */
  events: 'pass' | 'silent' | number;
  /** Streams of events that were asked for; the `Last-Event-ID` of each. */
  readonly opened: (string | undefined)[];
  /** Lists that were asked for. */
  lists: number;
  /** Cuts every connection. */
  cut(): void;
}

export interface LiveRig extends PlatformRig {
  readonly live: LiveContainers;
  readonly client: PlatformClient;
  readonly front: Front;
  /** `platform.json`. */
  readonly file: string;
  names(): readonly string[];
  /** Signs in as the person of the rig. */
  login(): Promise<void>;
  reaches(state: NonNullable<LiveContainers['currency']>['state']): Promise<void>;
  /** A view of the same profile, as after a restart of the core. */
  again(): { live: LiveContainers; client: PlatformClient; broker: Broker };
}

export async function openLiveRig(
  options: PlatformRigOptions & { pace?: Partial<Pace> } = {},
): Promise<LiveRig> {
  const rig = await openPlatformRig(options);
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'platform.json');
  const front: Omit<Front, 'cut'> = { events: 'pass', opened: [], lists: 0 };
  const server = await startWebServer((request, response) => pass(request, response, { front, rig }));
  onTestFinished(() => server[Symbol.asyncDispose]());

  const send: Send = (request) => {
    const url = new URL(request.url);
    url.port = String(server.port);
    return rig.send({ ...request, url });
  };
  const view = (broker: Broker) => {
    const client = createPlatformClient({ send: broker.platform.authenticated(send) });
    const live = createLiveContainers({
      ...{ broker, client, cache: createRowCache(file), clock: systemClock },
      logger: createLogger({ level: 'error', now: () => 0, write: () => undefined }),
      pace: { ...quick, ...options.pace },
    });
    onTestFinished(() => live.close());
    return { live, client, broker };
  };
  const { live, client } = view(rig.broker);

  return {
    ...rig,
    ...{ live, client, file },
    front: Object.assign(front, {
      cut() {
        for (const socket of server.sockets) socket.destroy();
      },
    }),
    names: () => live.current?.rows.map(({ name }) => name) ?? [],
    async login() {
      await rig.account.login({ issuer: rig.platform.issuer, fresh: true });
      await live.settled(10_000);
    },
    reaches: (state) =>
      vi.waitFor(() => {
        if (live.currency?.state !== state) throw new Error(JSON.stringify(live.currency));
      }, 10_000),
    again: () => view(rig.restart().broker),
  };
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { front, rig }: { front: Omit<Front, 'cut'>; rig: PlatformRig },
): void {
  const { url = '', method, headers } = request;
  if (url.endsWith('/containers') && method === 'GET') front.lists += 1;
  if (url.endsWith('/events')) {
    front.opened.push(headers['last-event-id'] as string | undefined);
    if (front.events === 'silent') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return;
    }
    if (front.events !== 'pass') {
      response.writeHead(front.events).end();
      return;
    }
  }
  const to = new URL(url, rig.platform.issuer);
  const passed = forward(to, { method, headers: { ...headers, host: to.host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
  response.on('close', () => passed.destroy());
  request.pipe(passed);
}
