import { expect, test } from 'vitest';
import { placeWithin } from '../../electron/desktop/window-place.ts';

const screen = { x: 0, y: 25, width: 1440, height: 875 };
const kept = { x: 200, y: 100, width: 1_000, height: 700, maximized: false };

test('it is where it was', () => {
  expect(placeWithin(kept, [screen])).toEqual({ x: 200, y: 100, width: 1_000, height: 700 });
});

test('where its screen is gone, or nothing was kept, it is in the middle in its usual size', () => {
  const usual = { width: 960, height: 640 };
  expect(placeWithin(undefined, [screen])).toEqual(usual);
  expect(placeWithin({ ...kept, x: 2_000 }, [screen])).toEqual(usual);
  expect(placeWithin({ ...kept, y: -500 }, [screen])).toEqual(usual);
  expect(placeWithin({ ...kept, x: 2_000 }, [screen, { ...screen, x: 1_440 }])).toMatchObject({ x: 2_000 });
});

test('it is no larger than its screen, and no smaller than it can be used', () => {
  expect(placeWithin({ ...kept, width: 4_000, height: 10 }, [screen])).toMatchObject({
    width: 1_440,
    height: 480,
  });
});
