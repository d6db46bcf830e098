/** Where the window appears: where it was, as far as there is still a screen. */
import type { WindowPlace } from './preferences.ts';

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const usualSize = { width: 960, height: 640 };
export const smallestSize = { width: 640, height: 480 };

/** This much of it has to be on a screen, so that it can be grasped. */
const graspPx = 80;

/**
 * @param kept from last time
 * @param screens their areas without docks and bars. @returns without `x` and `y`: in the middle
 */
export function placeWithin(kept: WindowPlace | undefined, screens: readonly Area[]): Partial<Area> {
  if (kept === undefined) return usualSize;
  const { x, y } = kept;
  const screen = screens.find(
    (area) =>
      x + kept.width - graspPx > area.x &&
      x + graspPx < area.x + area.width &&
      y >= area.y &&
      y + graspPx < area.y + area.height,
  );
  if (screen === undefined) return usualSize;
  const width = Math.max(Math.min(kept.width, screen.width), smallestSize.width);
  const height = Math.max(Math.min(kept.height, screen.height), smallestSize.height);
  return { x, y, width, height };
}
