/**
 * Walks JSON text without building values. It accepts exactly what `JSON.parse` accepts (RFC 8259), in one pass and
 * without recursion, so neither a large nor a deeply nested message of a stranger can cost more than reading it.
 */

/** Bytes `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const colon = 0x3a;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

const invalid = -1;

/** The index of the first byte from `at` on that is not JSON white space. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i;
    i += 1;
  }
  return i;
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

function isHex(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** @param at the opening quote @returns the index behind the closing one */
function skipString(bytes: Uint8Array, at: number, end: number): number {
  let i = at + 1;
  while (i < end) {
    const byte = bytes[i] as number;
    if (byte === quote) return i + 1;
    if (byte < 0x20) return invalid;
    if (byte !== backslash) {
      i += 1;
      continue;
    }
    const escaped = i + 1 < end ? (bytes[i + 1] as number) : 0;
    if (escaped === 0x75) {
      if (i + 5 >= end) return invalid;
      for (let digit = i + 2; digit < i + 6; digit += 1) if (!isHex(bytes[digit])) return invalid;
      i += 6;
    } else if ('"\\/bfnrt'.includes(String.fromCharCode(escaped)) && escaped !== 0) {
      i += 2;
    } else {
      return invalid;
    }
  }
  return invalid;
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && isDigit(bytes[i])) i += 1;
  return i === at ? invalid : i;
}

function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  let i = bytes[at] === minus ? at + 1 : at;
  i = i < end && bytes[i] === 0x30 ? i + 1 : skipDigits(bytes, i, end);
  if (i === invalid) return invalid;
  if (i < end && bytes[i] === 0x2e) {
    i = skipDigits(bytes, i + 1, end);
    if (i === invalid) return invalid;
  }
  if (i < end && ((bytes[i] as number) | 0x20) === 0x65) {
    i += 1;
    if (bytes[i] === 0x2b || bytes[i] === minus) i += 1;
    i = skipDigits(bytes, i, end);
  }
  return i;
}

function skipLiteral(bytes: Uint8Array, at: number, end: number): number {
  const word = bytes[at] === 0x74 ? 'true' : bytes[at] === 0x66 ? 'false' : 'null';
  if (at + word.length > end) return invalid;
  for (let i = 0; i < word.length; i += 1) if (bytes[at + i] !== word.charCodeAt(i)) return invalid;
  return at + word.length;
}

function skipScalar(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return invalid;
  const byte = bytes[at];
  if (byte === quote) return skipString(bytes, at, end);
  return byte === minus || isDigit(byte) ? skipNumber(bytes, at, end) : skipLiteral(bytes, at, end);
}

/** @param at the key's opening quote @returns the index of the value behind the colon */
function skipKey(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || bytes[at] !== quote) return invalid;
  const behind = skipString(bytes, at, end);
  if (behind === invalid) return invalid;
  const i = skipSpace(bytes, behind, end);
  return i < end && bytes[i] === colon ? skipSpace(bytes, i + 1, end) : invalid;
}

/** @param at the value's first byte @returns the index behind its last one, or -1 when it is not JSON */
function skipValue(bytes: Uint8Array, at: number, end: number): number {
  const opening = bytes[at];
  if (at >= end || (opening !== openObject && opening !== openArray)) return skipScalar(bytes, at, end);

  /** The closing byte that each open container waits for. */
  const open: number[] = [opening === openObject ? closeObject : closeArray];
  let i = at + 1;
  let mayClose = true;
  for (;;) {
    i = skipSpace(bytes, i, end);
    let closing = open[open.length - 1];
    if (!mayClose || i >= end || bytes[i] !== closing) {
      if (closing === closeObject) i = skipKey(bytes, i, end);
      if (i === invalid || i >= end) return invalid;
      const byte = bytes[i];
      if (byte === openObject || byte === openArray) {
        open.push(byte === openObject ? closeObject : closeArray);
        i += 1;
        mayClose = true;
        continue;
      }
      i = skipScalar(bytes, i, end);
      if (i === invalid) return invalid;
      i = skipSpace(bytes, i, end);
    }
    while (i < end && bytes[i] === closing) {
      open.pop();
      i += 1;
      if (open.length === 0) return i;
      closing = open[open.length - 1];
      i = skipSpace(bytes, i, end);
    }
    if (i >= end || bytes[i] !== comma) return invalid;
    i += 1;
    mayClose = false;
  }
}

/** The one value that fills `bytes` from `start` to `end` but for white space, or undefined when that is not JSON. */
export function scanJson(bytes: Uint8Array, start: number, end: number): Span | undefined {
  const from = skipSpace(bytes, start, end);
  const to = skipValue(bytes, from, end);
  return to === invalid || skipSpace(bytes, to, end) !== end ? undefined : { start: from, end: to };
}

/**
 * Visits the members of an object, or the elements of an array (with an empty key), in their order.
 * @param span a container inside valid JSON, or text yet unchecked
 * @returns whether it is a valid container and nothing else
 */
export function scanMembers(bytes: Uint8Array, span: Span, visit: (key: Span, value: Span) => void): boolean {
  const { start, end } = span;
  const keyed = bytes[start] === openObject;
  if (!keyed && bytes[start] !== openArray) return false;
  const closing = keyed ? closeObject : closeArray;
  let i = skipSpace(bytes, start + 1, end);
  if (i < end && bytes[i] === closing) return i + 1 === end;
  for (;;) {
    const keyStart = i;
    let keyEnd = i;
    if (keyed) {
      i = skipKey(bytes, i, end);
      if (i === invalid) return false;
      keyEnd = skipString(bytes, keyStart, end);
    }
    const valueEnd = skipValue(bytes, i, end);
    if (valueEnd === invalid) return false;
    visit({ start: keyStart, end: keyEnd }, { start: i, end: valueEnd });
    i = skipSpace(bytes, valueEnd, end);
    if (i >= end) return false;
    if (bytes[i] === closing) return i + 1 === end;
    if (bytes[i] !== comma) return false;
    i = skipSpace(bytes, i + 1, end);
  }
}
