/** Takes elements out of an array, or members out of an object, and leaves every other byte as it came. Pure. */
import { scanMembers, type Span } from './json-scan.ts';

/**
 * @param container inside valid JSON
 * @param isCut asked of each element (with an empty key) or member, in their order
 * @returns `bytes` themselves where nothing is cut out
 */
export function withoutMembers(
  bytes: Uint8Array,
  container: Span,
  isCut: (key: Span, value: Span) => boolean,
): Uint8Array {
  const members: { readonly start: number; readonly end: number; readonly cut: boolean }[] = [];
  scanMembers(bytes, container, (key, value) => {
    members.push({ start: key.start, end: value.end, cut: isCut(key, value) });
  });
  const first = members.findIndex(({ cut }) => !cut);
  const cuts = members.flatMap(({ start, end, cut }, index): Span[] => {
    if (!cut) return [];
    // A comma goes with what stands behind it, but for all that stands ahead of the first that stays.
    const leads = first < 0 || index < first;
    return leads
      ? [{ start, end: members[index + 1]?.start ?? end }]
      : [{ start: members[index - 1]?.end ?? start, end }];
  });
  return cuts.length === 0 ? bytes : withoutSpans(bytes, cuts);
}

/** @param cuts in their order, none inside another */
function withoutSpans(bytes: Uint8Array, cuts: readonly Span[]): Uint8Array {
  const rest = new Uint8Array(cuts.reduce((length, { start, end }) => length - (end - start), bytes.length));
  let [from, to] = [0, 0];
  for (const { start, end } of [...cuts, { start: bytes.length, end: bytes.length }]) {
    rest.set(bytes.subarray(from, start), to);
    to += start - from;
    from = end;
  }
  return rest;
}
