import { expect, test } from 'vitest';
import { countText } from '../../../shared/count-text.ts';
import {
  agoText,
  bytesText,
  durationText,
  hostOf,
  secondsText,
  typical,
  untilText,
} from '../../../renderer/ui/words.ts';

test('says durations with as many digits as matter', () => {
  expect([0.04, 7.25, 43.6, 999, 1530, 125_000].map(durationText)).toEqual([
    '0.0 ms',
    '7.3 ms',
    '44 ms',
    '999 ms',
    '1.5 s',
    '2 min 5 s',
  ]);
});

test('says a time limit in the units that people use', () => {
  expect([10, 60, 90, 3_600, 5_405].map(secondsText)).toEqual([
    '10 s',
    '1 min',
    '1 min 30 s',
    '1 h',
    '1 h 30 min 5 s',
  ]);
});

test('says sizes in steps of a thousand', () => {
  expect([0, 999, 1536, 2_340_000].map(bytesText)).toEqual(['0 B', '999 B', '1.5 kB', '2.3 MB']);
});

test('says how long ago something was, and how long there is left', () => {
  const [now, minute, hour] = [1_000_000_000, 60_000, 3_600_000];
  expect([0, 5 * minute, 3 * hour, 49 * hour].map((ms) => agoText(now - ms, now))).toEqual([
    'just now',
    '5 min ago',
    '3 h ago',
    '2 days ago',
  ]);
  expect([-1, 5 * minute, 3 * hour, 72 * hour].map((ms) => untilText(now + ms, now))).toEqual([
    'over',
    'in 5 min',
    'in 3 h',
    'in 3 days',
  ]);
});

test('counts with the right word', () => {
  expect([countText(1, 'client'), countText(0, 'client'), countText(2, 'entry', 'entries')]).toEqual([
    '1 client',
    '0 clients',
    '2 entries',
  ]);
});

test('takes the middle of what was measured, where there is any', () => {
  expect(typical([90, 10, 20])).toBe(20);
  expect(typical([])).toBeUndefined();
});

test('reads the host out of an address, and leaves alone what is none', () => {
  expect(hostOf('https://mcp.example.com:8443/mcp?x=1')).toBe('mcp.example.com:8443');
  expect(hostOf('not an address')).toBe('not an address');
});
