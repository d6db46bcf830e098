/** The events that one control client subscribed to: snapshots whole and rarely, the rest one by one and bounded. */
import type { EventName, EventOf } from '../../shared/control.ts';
import { events as eventSchemas } from '../../shared/control.ts';
import type { LogEntry } from '../../shared/status.ts';
import type { ControlDeps } from './deps.ts';
import type { Examinations } from './handlers.ts';

export interface Feed {
  /** Adds events to those that are sent. Names it does not know are another version's and left out. */
  subscribe(names: readonly string[]): void;
  /** The client reads too slowly, or again. */
  hold(): void;
  resume(): void;
  close(): void;
}

/** At most 20 snapshots a second: nobody can see more. */
const snapshotIntervalMs = 50;
/** What waits for a client that does not read; more is dropped and counted. */
const maxQueued = 1_000;

/** Writes one event; where the client then reads too slowly, `hold` is called before it returns. */
export type FeedSend = (name: EventName, value: unknown) => void;

export function createFeed(
  deps: Pick<ControlDeps, 'observatory' | 'logs'> & { readonly examinations: Examinations },
  send: FeedSend,
): Feed {
  const { observatory, logs, examinations } = deps;
  const endings = new Map<EventName, () => void>();
  let queued: { name: EventName; value: unknown }[] = [];
  let dropped = 0;
  let flow: 'open' | 'held' | 'closed' = 'open';
  const is = (state: typeof flow) => flow === state;
  let due: NodeJS.Timeout | undefined;
  /** Something has changed since the last snapshot was sent. */
  let stale = false;

  const event = <N extends EventName>(name: N, value: EventOf<N>) => {
    if (is('open')) send(name, value);
    else if (queued.length < maxQueued) queued.push({ name, value });
    else dropped += 1;
  };

  const sendSnapshot = async () => {
    due = undefined;
    if (is('closed')) return;
    if (is('held')) {
      stale = true;
      return;
    }
    stale = false;
    try {
      const current = await observatory.snapshot();
      if (is('open')) send('snapshot', current);
      else stale = true;
    } catch {
      // A config file that is being edited: the next change brings the next snapshot.
      stale = true;
    }
  };

  const changed = () => {
    stale = true;
    due ??= setTimeout(() => void sendSnapshot(), snapshotIntervalMs);
  };

  const begin = (name: EventName): (() => void) => {
    switch (name) {
      case 'snapshot':
        void sendSnapshot();
        return observatory.onChange(changed);
      case 'activity':
        return observatory.onActivity((activity) => event('activity', activity));
      case 'log':
        return logs.onEntry((entry) => event('log', entry));
      case 'examination':
        return examinations.add((examination) => event('examination', examination));
    }
  };

  return {
    subscribe(names) {
      for (const name of names) {
        if (!isEventName(name) || endings.has(name) || is('closed')) continue;
        endings.set(name, begin(name));
      }
    },
    hold() {
      flow = 'held';
    },
    resume() {
      flow = 'open';
      while (is('open') && queued.length > 0) {
        const next = queued.shift();
        if (next !== undefined) send(next.name, next.value);
      }
      if (!is('open')) return;
      if (dropped > 0) {
        const entry = droppedEntry(dropped);
        dropped = 0;
        send('log', entry);
      }
      if (stale) changed();
    },
    close() {
      flow = 'closed';
      clearTimeout(due);
      queued = [];
      for (const end of endings.values()) end();
      endings.clear();
    },
  };
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(eventSchemas, name);
}

function droppedEntry(count: number): LogEntry {
  return { at: Date.now(), level: 'warn', event: 'control.events_dropped', fields: { count } };
}
