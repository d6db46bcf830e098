/** The connections to one origin that one kind of request shares, and the queue before them. */
import type { buildConnector, Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';

/** What a lane carries: undici's handler, and the request that it handles. */
export interface Passenger extends Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions;
  /** It has this connection for itself, until it hands it back by `release` or `drop`. */
  take(seat: Seat): void;
  /** Its connection is one that would not be opened like this any more. */
  onSuperseded?(): void;
}

/** One connection. */
export interface Seat {
  /** It can serve the next. */
  release(): void;
  /** It cannot: it is closed. Idempotent. */
  drop(): void;
}

interface Connection extends Seat {
  readonly client: Client;
  /** From each request until undici says that it has rested: a server may close a connection right after an answer. */
  resting: boolean;
  /** To be started after the rest. */
  next: Passenger | undefined;
  /** From its start until the connection is handed back. */
  carried: Passenger | undefined;
  /** It is closed when it is handed back. */
  superseded: boolean;
}

/** Below the 60 s after which common load balancers drop an idle connection, where the server names no time itself. */
const idleMs = 55_000;
/** How much sooner than a server's `Keep-Alive: timeout` its connection is let go: a request may be on its way. */
const idleMarginMs = 1_000;

/**
 * One undici client for each connection. undici's own Pool would do, but it keeps what was aborted in its queue,
 * connects anew for a request that was aborted, and opens a second connection while the first one rests.
 */
export class Lane {
  readonly #origin: string;
  readonly #connect: buildConnector.connector;
  readonly #limit: number;
  readonly #connections = new Set<Connection>();
  /** The most recently used one last: the others may idle away. */
  readonly #idle: Connection[] = [];
  readonly #queue = new Set<Passenger>();
  #closed = false;

  constructor(options: { origin: string; connect: buildConnector.connector; limit: number }) {
    this.#origin = options.origin;
    this.#connect = options.connect;
    this.#limit = options.limit;
  }

  submit(passenger: Passenger): void {
    const connection = this.#idle.pop() ?? (this.#connections.size < this.#limit ? this.#open() : undefined);
    if (connection === undefined) this.#queue.add(passenger);
    else start(connection, passenger);
  }

  /** Takes a passenger out of the queue, if it is in it. */
  withdraw(passenger: Passenger): void {
    this.#queue.delete(passenger);
  }

  /** Connections are to be opened anew: those that there are carry what they carry to its end, and nothing more. */
  supersede(): void {
    for (const idle of [...this.#idle]) idle.drop();
    for (const connection of [...this.#connections]) {
      connection.superseded = true;
      connection.carried?.onSuperseded?.();
    }
  }

  /** What was started or is queued fails, and so does what is submitted later. */
  async close(): Promise<void> {
    this.#closed = true;
    const connections = [...this.#connections];
    this.#connections.clear();
    this.#idle.length = 0;
    const destroyed = connections.map(({ client }) => client.destroy());
    connections.forEach(board);
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.submit(next);
    await Promise.all(destroyed);
  }

  #open(): Connection {
    const client = new Client(this.#origin, {
      connect: this.#connect,
      pipelining: 1,
      keepAliveTimeout: idleMs,
      keepAliveTimeoutThreshold: idleMarginMs,
      // The session owns every time limit.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const connection: Connection = {
      client,
      resting: false,
      next: undefined,
      carried: undefined,
      superseded: false,
      release: () => this.#release(connection),
      drop: () => this.#drop(connection),
    };
    this.#connections.add(connection);
    // While it is in use, undici connects it anew or its passenger hears of it.
    client.on('disconnect', () => {
      if (this.#idle.includes(connection)) connection.drop();
    });
    client.on('drain', () => {
      connection.resting = false;
      board(connection);
    });
    if (this.#closed) void client.destroy();
    return connection;
  }

  #release(connection: Connection): void {
    connection.carried = undefined;
    if (connection.superseded) {
      this.#drop(connection);
      return;
    }
    const next = this.#next();
    if (next === undefined) this.#idle.push(connection);
    else start(connection, next);
  }

  #drop(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    connection.carried = undefined;
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    // Deferred, as undici may be in the middle of telling of an answer's end.
    queueMicrotask(() => void connection.client.destroy());
    const next = this.#next();
    if (next !== undefined) this.submit(next);
  }

  /** The one that has waited longest, taken out of the queue. */
  #next(): Passenger | undefined {
    for (const passenger of this.#queue) {
      this.#queue.delete(passenger);
      return passenger;
    }
    return undefined;
  }
}

function start(connection: Connection, passenger: Passenger): void {
  passenger.take(connection);
  connection.carried = passenger;
  connection.next = passenger;
  if (!connection.resting) board(connection);
}

function board(connection: Connection): void {
  const { client, next } = connection;
  if (next === undefined) return;
  connection.next = undefined;
  connection.resting = true;
  client.dispatch(next.options, next);
}
