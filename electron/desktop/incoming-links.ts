/** Links that the system hands over, from the first moment on: they may come before there is anything to open them in. */
import { app } from 'electron';
import type { Place } from '../../shared/desktop.ts';
import { linkIn, placeOfLink } from './deep-link.ts';

export interface IncomingLinks {
  /**
   * @param listener called for each link that is one of ours, and with undefined for another start without one
   * @returns where a link that has come already leads
   */
  listen(listener: (place: Place | undefined) => void): Place | undefined;
}

/** @param args of this program; to be called before the app is ready */
export function awaitLinks(args: readonly string[]): IncomingLinks {
  let first = placeOfArgs(args);
  let take = (place: Place | undefined) => {
    first = place ?? first;
  };
  // macOS hands links over as events, the others as arguments of another start.
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const place = placeOfLink(url);
    if (place !== undefined) take(place);
  });
  app.on('second-instance', (_event, given) => take(placeOfArgs(given)));
  return {
    listen(listener) {
      take = listener;
      return first;
    },
  };
}

function placeOfArgs(args: readonly string[]): Place | undefined {
  const link = linkIn(args);
  return link === undefined ? undefined : placeOfLink(link);
}
