/** YAML, of which entries in block form are edited: lines are put in and taken out, and no node is printed anew. */
import { isMap, isScalar, parseDocument, stringify, type Pair, type YAMLMap } from 'yaml';
import { createEditor, type EntryValue, type OpenText, type Problem, type Splice } from './editor.ts';
import { lineEnd, lineEndOf, lineNumber, lineStart } from './lines.ts';

export const yamlEditor = createEditor(openYaml);

const notInBlocks = {
  problem: 'has its entries in braces or behind an alias, which Fairlead does not edit.',
};

function openYaml(text: string): OpenText | Problem {
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) return { problem: `is not valid YAML in line ${lineNumber(text, error.pos[0])}.` };
  const root = document.contents;
  let value: unknown;
  try {
    value = document.toJS() ?? undefined;
  } catch {
    // Aliases that lead nowhere, or would fill the memory.
    return { problem: 'has aliases that cannot be followed.' };
  }
  return {
    value,
    nullIsEmpty: true,
    duplicates(keys) {
      const { found, left } = walk(root, keys);
      return left.length === 0 ? repeated(found?.value ?? root) : [];
    },
    set(place, entry) {
      const { found, left } = walk(root, [...place.keys, place.name]);
      const put = block(left, entry);
      if (left.length === 0 && found !== undefined) return replaced(text, found, block([place.name], entry));
      if (found !== undefined) return putBelow(text, found, put);
      const end = lineEndOf(text);
      const between = text === '' || text.endsWith('\n') ? '' : end;
      return [{ start: text.length, end: text.length, text: between + lines(put, '', end) }];
    },
    remove(place) {
      const parent = walk(root, place.keys).found;
      const { found, left } = walk(root, [...place.keys, place.name]);
      if (parent === undefined || found === undefined || left.length > 0) return notInBlocks;
      return taken(text, { pair: found, parent });
    },
  };
}

/** A pair with its key's place in the text. */
interface Found {
  readonly value: unknown;
  readonly keyStart: number;
  readonly keyEnd: number;
}

/** Follows the keys as far as they lead. @returns the pair there, and the keys that are left */
function walk(root: unknown, keys: readonly string[]): { found: Found | undefined; left: readonly string[] } {
  let found: Found | undefined;
  for (const [index, key] of keys.entries()) {
    const table = found === undefined ? root : found.value;
    const next = isMap(table) ? foundPair(table, key) : undefined;
    if (next === undefined) return { found, left: keys.slice(index) };
    found = next;
  }
  return { found, left: [] };
}

function foundPair(table: YAMLMap, name: string): Found | undefined {
  const pair = table.items.find((each) => nameOf(each) === name);
  if (pair === undefined || !isScalar(pair.key) || !pair.key.range) return undefined;
  return { value: pair.value, keyStart: pair.key.range[0], keyEnd: pair.key.range[1] };
}

function nameOf({ key }: Pair): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function repeated(table: unknown): string[] {
  if (!isMap(table)) return [];
  const seen = new Set<string>();
  const names = table.items.flatMap((pair) => nameOf(pair) ?? []);
  return [...new Set(names.filter((name) => seen.size === seen.add(name).size))];
}

/** Keys and entry as lines without a common indentation. YAML 1.1 reads `no` and `on` otherwise than 1.2. */
function block(keys: readonly string[], entry: EntryValue): string {
  const value = keys.reduceRight<EntryValue>((inner, key) => ({ [key]: inner }), entry);
  return stringify(value, { lineWidth: 0, blockQuote: false, compat: 'yaml-1.1' });
}

function lines(put: string, indent: string, end: string): string {
  return put.replace(/^(?=.)/gm, indent).replaceAll('\n', end);
}

/** First among the entries: after the last of them stand comments of which nobody can say whose they are. */
function putBelow(text: string, parent: Found, put: string): readonly Splice[] | Problem {
  const { value } = parent;
  const end = lineEndOf(text);
  if (isMap(value) && !value.flow) {
    const [first] = value.items;
    const start = isScalar(first?.key) ? first.key.range?.[0] : undefined;
    if (start === undefined) return notInBlocks;
    const at = lineEnd(text, parent.keyEnd);
    return [{ start: at, end: at, text: lines(put, text.slice(lineStart(text, start), start), end) }];
  }
  const empty = isMap(value) ? value.items.length === 0 : isScalar(value) && value.value === null;
  const colon = text.indexOf(':', parent.keyEnd) + 1;
  const valueEnd = isMap(value) || isScalar(value) ? value.range?.[1] : undefined;
  if (!empty || valueEnd === undefined) return notInBlocks;
  const at = lineEnd(text, valueEnd);
  const whole = lines(put, `${text.slice(lineStart(text, parent.keyStart), parent.keyStart)}  `, end);
  // A comment keeps the blank that makes it one.
  const hasValue = text.slice(colon, valueEnd).trim() !== '';
  const below = at > 0 && text[at - 1] === '\n' ? whole : end + whole.slice(0, -end.length);
  return [
    ...(hasValue ? [{ start: colon, end: valueEnd, text: '' }] : []),
    { start: at, end: at, text: below },
  ];
}

/** From the start of its key's line to the end of its value's. */
function linesOf(text: string, { value, keyStart, keyEnd }: Found): { start: number; end: number } {
  const range = (value as { range?: [number, number, number] } | null)?.range;
  const last = Math.max(range?.[1] ?? keyEnd, keyEnd);
  return {
    start: lineStart(text, keyStart),
    // A block scalar ends behind its line end already.
    end: text[last - 1] === '\n' ? last : lineEnd(text, last),
  };
}

function replaced(text: string, pair: Found, put: string): readonly Splice[] {
  const { start, end } = linesOf(text, pair);
  const eol = lineEndOf(text);
  const whole = lines(put, text.slice(start, pair.keyStart), eol);
  return [{ start, end, text: text[end - 1] === '\n' ? whole : whole.slice(0, -eol.length) }];
}

function taken(text: string, { pair, parent }: { pair: Found; parent: Found }): readonly Splice[] | Problem {
  if (!isMap(parent.value) || parent.value.flow === true) return notInBlocks;
  const { start, end } = linesOf(text, pair);
  const atEnd = text[end - 1] !== '\n';
  const from = atEnd ? start - lineEndOf(text).length : start;
  const only = parent.value.items.length === 1;
  const colon = text.indexOf(':', parent.keyEnd) + 1;
  return [
    // A key without a value would be null, and that is no table.
    ...(only ? [{ start: colon, end: colon, text: ' {}' }] : []),
    { start: from, end, text: '' },
  ];
}
