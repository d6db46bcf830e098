/** What the window is told, while the person can see it: state whole, what just happened in batches. */
import type { WebContents } from 'electron';
import type { DesktopState, Place, WindowEventOf } from '../../shared/desktop.ts';
import type { WindowEventName } from '../../shared/desktop-names.ts';
import type { CoreLink } from './core-link.ts';
import type { Observed } from './observed.ts';
import type { MainWindow } from './window.ts';

export interface WindowFeed {
  /** A page has just been made: it is told what it draws itself from, and what the one before it wanted is forgotten. */
  begin(): void;
  subscribe(event: WindowEventName): void;
  unsubscribe(event: WindowEventName): void;
  /** Where the window is to go, as soon as it listens. */
  goTo(place: Place): void;
}

/** What is told as it happens, and not again. */
const happenings = ['activity', 'log', 'examination'] as const;
type Happening = (typeof happenings)[number];

/** Nobody reads faster. */
const batchMs = 50;
/** As many requests as the core remembers. */
const knownToCore = 1_000;

export function createWindowFeed(
  window: Pick<MainWindow, 'page' | 'visible'>,
  { core, state }: { readonly core: CoreLink; readonly state: Observed<DesktopState> },
): WindowFeed {
  const wanted = new Set<WindowEventName>();
  let waiting: Place | undefined;
  /** The connection for what just happened, while somebody looks. */
  let watched: { readonly events: string; readonly end: () => void } | undefined;
  const batches: { readonly [E in Happening]: WindowEventOf<E>[] } = {
    activity: [],
    log: [],
    examination: [],
  };
  let due: NodeJS.Timeout | undefined;

  const send = <E extends WindowEventName>(event: E, values: readonly WindowEventOf<E>[]) => {
    if (wanted.has(event)) deliver(window.page(), event, values);
  };
  const sendSnapshot = () => {
    const { current } = core.snapshot;
    if (current !== undefined && window.visible.current) send('snapshot', [current]);
  };
  const sendState = () => send('state', [state.current]);
  const sendPlace = () => {
    if (waiting === undefined || !wanted.has('place')) return;
    send('place', [waiting]);
    waiting = undefined;
  };

  const flush = () => {
    due = undefined;
    for (const event of happenings) {
      const values = batches[event].splice(0);
      if (values.length > 0) send(event, values);
    }
  };
  const collect = <E extends Happening>(event: E) => {
    const batch = batches[event] as WindowEventOf<E>[];
    return (value: WindowEventOf<E>) => {
      batch.push(value);
      due ??= setTimeout(flush, batchMs);
    };
  };

  /** Opens, changes or ends the connection for what just happened. */
  const watch = () => {
    const isLive = window.visible.current && core.state.current.status === 'running';
    const names = happenings.filter((event) => isLive && wanted.has(event));
    const events = names.join();
    if (events === (watched?.events ?? '')) return;
    watched?.end();
    watched =
      names.length === 0
        ? undefined
        : {
            events,
            end: core.watch({
              ...(names.includes('activity') && { activity: collect('activity') }),
              ...(names.includes('log') && { log: collect('log') }),
              ...(names.includes('examination') && { examination: collect('examination') }),
            }),
          };
  };

  /** What went by while nobody looked. A request that the page knows is the same one again. */
  const catchUp = async () => {
    if (!wanted.has('activity')) return;
    const missed = await core.call('activity', { last: knownToCore }).catch(() => []);
    send('activity', missed);
  };

  core.snapshot.onChange(sendSnapshot);
  state.onChange(sendState);
  core.state.onChange(watch);
  window.visible.onChange((isVisible) => {
    if (isVisible) {
      sendSnapshot();
      void catchUp();
    }
    watch();
  });

  const subscribe = (event: WindowEventName) => {
    wanted.add(event);
    if (event === 'state') sendState();
    else if (event === 'place') sendPlace();
    else if (event === 'snapshot') {
      // The page may draw itself before it is shown.
      if (core.snapshot.current !== undefined) send('snapshot', [core.snapshot.current]);
    } else watch();
  };

  return {
    begin() {
      wanted.clear();
      watch();
      subscribe('state');
      subscribe('snapshot');
    },
    subscribe,
    unsubscribe(event) {
      wanted.delete(event);
      watch();
    },
    goTo(place) {
      waiting = place;
      sendPlace();
    },
  };
}

function deliver(page: WebContents | undefined, event: WindowEventName, values: readonly unknown[]): void {
  if (page !== undefined && !page.isDestroyed()) page.send(`event:${event}`, values);
}
