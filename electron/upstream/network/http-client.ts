/** The HTTP floor of stop 4: sends requests over warm connections, on three lanes that never wait for one another. */
import type { ClientCertificate } from '../../credentials/broker.ts';
import type { HttpRequest, Send } from '../../credentials/exchange.ts';
import type { Logger } from '../../runtime/logger.ts';
import { createGate, type Admit, type Resolve } from './checked-lookup.ts';
import { createConnector, type TlsTerms } from './connector.ts';
import { HttpExchange } from './http-exchange.ts';
import { Lane, type Passenger, type Seat } from './lane.ts';

export interface HttpClient {
  /**
   * Rejects, and bodies fail, with a FairleadError (see network-errors.ts for whether the request may have been seen)
   * or with the reason of the request's signal. It sets no time limit besides that of connecting.
   */
  readonly send: Send;
  /** Opens a connection for calls ahead of the first one. Never throws: the first request meets the failure itself. */
  warm(origin: URL): void;
  /** Connections are opened anew, as those that there are may lead nowhere. What is in flight stays where it is. */
  reconnect(): void;
  /** Ends every connection; what is in flight fails. Idempotent. */
  close(): Promise<void>;
}

/**
 * @param options.tls its files are absolute paths, read when the first https connection is opened
 * @param options.certificate shown where a server asks for one; when it is replaced, new connections show the new one,
 *   and the old ones carry what they carry to its end
 * @param options.env where proxies and extra authorities are named
 * @param options.connectTimeoutMs for name, proxy, TCP and TLS together; default 10 s
 * @param options.callConnections most connections per origin on the `call` lane; default 256
 * @param options.admit asked about all addresses of a host before the TCP connection; absent: all are dialled
 * @param options.resolve how `admit` gets to the addresses of a name; default: as the system does
 */
export function createHttpClient(options: {
  tls: TlsTerms;
  certificate?: ClientCertificate | undefined;
  env: NodeJS.ProcessEnv;
  connectTimeoutMs?: number;
  callConnections?: number;
  admit?: Admit;
  resolve?: Resolve;
  log?: Logger;
}): HttpClient {
  const { tls, certificate, env, connectTimeoutMs = 10_000, callConnections = 256 } = options;
  const { admit, resolve, log } = options;
  const gate = admit && createGate({ admit, resolve });
  const connector = createConnector({ tls, certificate, env, connectTimeoutMs, gate, log });
  const lanes = {
    call: new Map<string, Lane>(),
    signal: new Map<string, Lane>(),
    stream: new Map<string, Lane>(),
  };
  let closed: Promise<void> | undefined;

  const laneOf = (kind: HttpRequest['lane'], origin: string): Lane => {
    const known = lanes[kind].get(origin);
    if (known !== undefined) return known;
    const limit = kind === 'call' ? callConnections : Infinity;
    const lane = new Lane({ origin, connect: connector.connect, limit });
    lanes[kind].set(origin, lane);
    if (closed !== undefined) void lane.close();
    return lane;
  };

  const all = () => Object.values(lanes).flatMap((byOrigin) => [...byOrigin.values()]);
  const supersede = () => {
    for (const lane of all()) lane.supersede();
  };
  const unfollow = certificate?.onChange(supersede);

  const close = async () => {
    unfollow?.();
    const ended = all().map((lane) => lane.close());
    connector.close();
    await Promise.all(ended);
  };

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        request.signal.throwIfAborted();
        const lane = laneOf(request.lane, request.url.origin);
        lane.submit(new HttpExchange(request, lane, { resolve, reject }));
      }),
    warm: ({ origin }) => laneOf('call', origin).submit(new Visit()),
    reconnect() {
      if (closed !== undefined) return;
      supersede();
      for (const lane of lanes.call.values()) lane.submit(new Visit());
    },
    close: () => (closed ??= close()),
  };
}

/** A request that changes its mind once there is a connection: undici keeps the connection then, and nothing is sent. */
class Visit implements Passenger {
  readonly options = { method: 'GET', path: '/' } as const;
  readonly #connected = new Error('The connection is open.');
  #seat: Seat | undefined;

  take(seat: Seat): void {
    this.#seat = seat;
  }

  onRequestStart(): void {
    throw this.#connected;
  }

  onResponseError(_: unknown, thrown: unknown): void {
    if (thrown === this.#connected) this.#seat?.release();
    else this.#seat?.drop();
  }
}
