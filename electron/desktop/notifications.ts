/** Notifications: only when the person is needed, each once, and each leads to the very place. */
import { Notification } from 'electron';
import type { Place } from '../../shared/desktop.ts';
import type { Snapshot } from '../../shared/status.ts';
import { newsOf } from './news.ts';
import type { Observed } from './observed.ts';

/** @param allowed whether the person wants any */
export function notify(
  snapshots: Observed<Snapshot | undefined>,
  { allowed, open }: { allowed: () => boolean; open: (place: Place) => void },
): void {
  let before: Snapshot | undefined;
  // Those that nobody holds are collected, and their clicks with them.
  const shown = new Set<Notification>();
  snapshots.onChange((now) => {
    // A core that was lost and is back has the same to say as before.
    if (now === undefined) return;
    const news = before === undefined ? [] : newsOf(before, now);
    before = now;
    if (!allowed() || !Notification.isSupported()) return;
    for (const { title, body, place } of news) {
      const notification = new Notification({ title, body });
      shown.add(notification);
      notification.once('click', () => open(place));
      notification.once('close', () => shown.delete(notification));
      notification.show();
    }
  });
}
