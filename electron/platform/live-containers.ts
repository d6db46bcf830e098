/** Beside the path: the account's containers, live while somebody is signed in, and as they were last while not. */
import { errorReport } from '../../shared/errors.ts';
import type { ContainerRow } from '../../shared/platform-api.ts';
import type { AccountStatus } from '../../shared/status.ts';
import type { Broker } from '../credentials/broker.ts';
import { delay, type Clock } from '../runtime/clock.ts';
import { createListeners } from '../runtime/listeners.ts';
import { causeName, type Logger } from '../runtime/logger.ts';
import type { PlatformClient } from './client.ts';
import { followContainers, usualPace, type Pace } from './follow-containers.ts';
import { createRowBook, type RowBook } from './row-book.ts';
import type { RowCache } from './row-cache.ts';

export interface LiveContainers extends Pick<RowBook, 'current' | 'row' | 'apply' | 'setAuthority'> {
  /** How current the rows are; undefined while nobody is signed in. */
  readonly currency: AccountStatus['containers'];
  /** Called when a row or the currency has changed. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
  /** Somebody waits for news: what can only be had by asking is asked for now, and often for a while. */
  hurry(): void;
  /** Resolves when the list has been read or cannot be, or after `ms`. Never rejects. */
  settled(ms: number, signal?: AbortSignal): Promise<void>;
  /** Looks anew at who is signed in; otherwise the broker says when to. */
  look(): Promise<void>;
  /** Asks anew for what there is, and for its events: the connection that they came by may lead nowhere. */
  reconnect(): void;
  close(): void;
}

type Currency = NonNullable<AccountStatus['containers']>;

const hurryMs = 60_000;

export function createLiveContainers(deps: {
  broker: Pick<Broker, 'platform' | 'onChange'>;
  client: PlatformClient;
  cache: RowCache;
  clock: Clock;
  logger: Logger;
  pace?: Partial<Pace>;
}): LiveContainers {
  const { broker, client, cache, clock, logger } = deps;
  const listeners = createListeners();
  const closing = new AbortController();
  let turn: { readonly key: string; readonly issuer: string; readonly end: AbortController } | undefined;
  let currency: Currency | undefined;
  let hurriedUntil = -Infinity;
  let nudge = new AbortController();
  let looking: Promise<void> | undefined;
  let isStale = false;

  const book = createRowBook({ cache, changed: listeners.tell });

  const tell = (state: Currency['state'], problem?: unknown) => {
    const isNew = currency?.state !== state;
    if (!isNew && problem === undefined) return;
    const since = isNew ? clock.now() : (currency?.since ?? clock.now());
    currency = { state, since, ...(problem !== undefined && { problem: shown(problem) }) };
    listeners.tell();
  };

  const pause = (ms: number, signal: AbortSignal) =>
    delay(ms, AbortSignal.any([signal, nudge.signal])).catch(() => signal.throwIfAborted());

  const begin = (key: string, issuer: string) => {
    const end = new AbortController();
    turn = { key, issuer, end };
    if (currency === undefined) tell('loading');
    followContainers(
      {
        ...{ client, book, clock, logger, pace: { ...usualPace, ...deps.pace }, tell, pause },
        isHurried: () => clock.elapsed() < hurriedUntil,
      },
      { issuer, signal: end.signal },
    ).catch((thrown: unknown) => {
      if (!end.signal.aborted) logger.error('platform.follow_failed', { cause: causeName(thrown) });
    });
  };
  const leave = () => turn?.end.abort(new Error('This account is not followed any more.'));
  const stop = () => {
    leave();
    turn = undefined;
    if (currency === undefined) return;
    currency = undefined;
    listeners.tell();
  };

  const lookOnce = async () => {
    // While `config.json` is being edited, nothing is known of the account that would be better.
    const account = await broker.platform.account().catch(() => 'unknown' as const);
    if (account === 'unknown' || closing.signal.aborted) return;
    const isPresent = account?.presence === 'present';
    const key = isPresent ? `${account.changes} ${account.issuer}` : undefined;
    if (turn !== undefined && turn.key !== key) stop();
    // Who never signed in since this core began may have done so before it.
    const isSignedOut = account === undefined || (account.presence === 'missing' && account.changes > 0);
    if (isSignedOut || (book.current !== undefined && book.current.issuer !== account.issuer)) book.clear();
    if (isPresent && key !== undefined && turn === undefined) begin(key, account.issuer);
  };

  const lookUntilFresh = async () => {
    try {
      while (isStale) {
        isStale = false;
        await lookOnce();
      }
    } finally {
      // In the same turn as the last check: whoever asks after it begins anew.
      looking = undefined;
    }
  };
  const look = async (): Promise<void> => {
    isStale = true;
    looking ??= lookUntilFresh();
    await looking;
  };
  const stopWatching = broker.onChange(() => void look());
  void look();

  return {
    get current() {
      return book.current;
    },
    row: (id) => book.row(id),
    apply: (change) => book.apply(change),
    setAuthority: (id, file) => book.setAuthority(id, file),
    get currency() {
      return currency;
    },
    onChange: listeners.add,
    hurry() {
      hurriedUntil = clock.elapsed() + hurryMs;
      const { signal } = closing;
      if (currency === undefined || currency.state === 'live' || signal.aborted) return;
      nudge.abort();
      nudge = new AbortController();
    },
    async settled(ms, signal) {
      await look();
      const late = AbortSignal.any([AbortSignal.timeout(ms), closing.signal, ...(signal ? [signal] : [])]);
      await new Promise<void>((resolve) => {
        const done = () => {
          stopWaiting();
          late.removeEventListener('abort', done);
          resolve();
        };
        const check = () => {
          if (currency?.state !== 'loading' || late.aborted) done();
        };
        const stopWaiting = listeners.add(check);
        late.addEventListener('abort', done, { once: true });
        check();
      });
    },
    look,
    reconnect() {
      if (turn === undefined) return;
      leave();
      begin(turn.key, turn.issuer);
    },
    close() {
      closing.abort();
      stopWatching();
      stop();
      listeners.clear();
    },
  };
}

function shown(thrown: unknown): Currency['problem'] {
  const { code, message, help } = errorReport(thrown);
  return { code, message, ...(help !== undefined && { help }) };
}

/** What is known of one container now: not of one that was seen last before the platform went out of reach. */
export function statusOf(
  live: Pick<LiveContainers, 'row' | 'currency'>,
  id: string,
): ContainerRow['status'] | undefined {
  const state = live.currency?.state;
  return state === 'live' || state === 'polling' ? live.row(id)?.status : undefined;
}
