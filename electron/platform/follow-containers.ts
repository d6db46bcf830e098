/** Beside the path: keeps one account's containers as the platform has them: by its list, its events, or by asking again. */
import { FairleadError } from '../../shared/errors.ts';
import type { AccountStatus } from '../../shared/status.ts';
import type { Clock } from '../runtime/clock.ts';
import { causeName, type Logger } from '../runtime/logger.ts';
import type { PlatformClient } from './client.ts';
import { readEvents } from './event-stream.ts';
import type { RowBook } from './row-book.ts';

/** In milliseconds. */
export interface Pace {
  /** Between attempts: the first, twice as long with each, and never longer than the last; less some of it by chance. */
  readonly retryMs: number;
  readonly mostRetryMs: number;
  readonly silentMs: number;
  /** Between lists, while there are no events. */
  readonly pollMs: number;
  /** The same, while somebody waits for what they asked the platform to do. */
  readonly hurriedPollMs: number;
  /** After which events are tried again. */
  readonly eventsAgainMs: number;
  /** A stream that lasted for this long was a good one. */
  readonly goodStreamMs: number;
}

export const usualPace: Pace = {
  retryMs: 1_000,
  mostRetryMs: 60_000,
  silentMs: 45_000,
  pollMs: 30_000,
  hurriedPollMs: 1_000,
  eventsAgainMs: 5 * 60_000,
  goodStreamMs: 1_000,
};

/** After as many bad streams in a row, it is not the stream that is asked but whether the platform is there. */
const mostBreaks = 3;

export interface FollowDeps {
  readonly client: PlatformClient;
  readonly book: RowBook;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pace: Pace;
  /** How current the rows are from now on. */
  readonly tell: (state: NonNullable<AccountStatus['containers']>['state'], problem?: unknown) => void;
  readonly isHurried: () => boolean;
  /** Ends early when somebody wants to know now. Rejects with the signal's reason. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Goes on until the signal aborts, and rejects with its reason then. */
export async function followContainers(
  deps: FollowDeps,
  { issuer, signal }: { issuer: string; signal: AbortSignal },
): Promise<never> {
  const { client, book, clock, logger, pace, tell } = deps;
  let userId: string | undefined;
  let eventsAgainAt = -Infinity;

  const rest = (failures: number) => {
    const longest = Math.min(pace.retryMs * 2 ** failures, pace.mostRetryMs);
    return deps.pause(longest * (0.5 + Math.random() / 2), signal);
  };

  /** @returns the last event that the list has in it; waits for the platform as long as it takes */
  const list = async (): Promise<string | undefined> => {
    for (let failures = 0; ; failures += 1) {
      try {
        userId ??= (await client.me(issuer, signal)).id;
        const { rows, leftOut, lastEvent } = await client.containers(issuer, signal);
        signal.throwIfAborted();
        if (leftOut > 0) logger.warn('platform.rows_left_out', { count: leftOut });
        book.replace({ issuer, userId, rows });
        return lastEvent;
      } catch (thrown) {
        signal.throwIfAborted();
        note('platform.unreachable', thrown);
        tell('unreachable', thrown);
        // Events may be back with it.
        eventsAgainAt = -Infinity;
        await rest(failures);
      }
    }
  };

  /** @returns when the list has to be read anew */
  const follow = async (after: string): Promise<'gone' | 'unavailable'> => {
    let last = after;
    for (let breaks = 0; breaks < mostBreaks;) {
      const openedAt = clock.elapsed();
      const stream = { isHeard: false, isEnded: false };
      try {
        const end = await readEvents(client, {
          ...{ issuer, signal, after: last, silentMs: pace.silentMs },
          heard() {
            if (!stream.isHeard) tell('live');
            stream.isHeard = true;
          },
          passed: (id) => (last = id),
          change: (change) => book.apply(change),
        });
        if (end !== 'ended') return end;
        stream.isEnded = true;
      } catch (thrown) {
        signal.throwIfAborted();
        note('platform.events_broken', thrown);
      }
      const isGood = stream.isHeard && clock.elapsed() - openedAt >= pace.goodStreamMs;
      breaks = isGood ? 0 : breaks + 1;
      // It ends with its token, and is opened again with the next one.
      if (!(isGood && stream.isEnded)) await rest(Math.max(breaks - 1, 0));
    }
    return 'unavailable';
  };

  const note = (event: string, thrown: unknown) => {
    const code = thrown instanceof FairleadError ? thrown.code : 'internal';
    logger.info(event, { code, cause: causeName(thrown) });
  };

  for (;;) {
    const lastEvent = await list();
    if (lastEvent !== undefined && clock.elapsed() >= eventsAgainAt) {
      const end = await follow(lastEvent);
      if (end === 'gone') await rest(0);
      else eventsAgainAt = clock.elapsed() + pace.eventsAgainMs;
    } else {
      tell('polling');
      await deps.pause(deps.isHurried() ? pace.hurriedPollMs : pace.pollMs, signal);
    }
  }
}
