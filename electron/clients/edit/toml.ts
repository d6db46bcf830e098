/** TOML, where an entry is a table under a header of its own; one that was written another way is found, too. */
import { getStaticTOMLValue, ParseError, parseTOML, type AST } from 'toml-eslint-parser';
import {
  createEditor,
  type EntryPlace,
  type EntryValue,
  type OpenText,
  type Problem,
  type Splice,
} from './editor.ts';
import { lineEnd, lineEndOf, lineStart } from './lines.ts';

export const tomlEditor = createEditor(openToml);

function openToml(text: string): OpenText | Problem {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown;
    return { problem: `is not valid TOML in line ${thrown.lineNumber}.` };
  }
  const [top] = program.body;
  return {
    value: getStaticTOMLValue(program),
    // TOML has none.
    duplicates: () => [],
    set(place, entry) {
      const pieces = piecesOf(top, place);
      if ('problem' in pieces) return pieces;
      const end = lineEndOf(text);
      const put = tableText(place, entry, end);
      if (put === undefined)
        return { problem: 'has an entry of this name with values that Fairlead cannot write.' };
      const [first, ...others] = pieces;
      if (first?.isTable !== true) return [...pieces.map((piece) => taken(text, piece)), appended(text, put)];
      const stop = lineEnd(text, first.end);
      const after = text[stop - 1] === '\n' ? end : '';
      return [
        { start: lineStart(text, first.start), end: stop, text: put + after },
        ...others.map((piece) => taken(text, piece)),
      ];
    },
    remove(place) {
      const pieces = piecesOf(top, place);
      return 'problem' in pieces ? pieces : pieces.map((piece) => taken(text, piece));
    },
  };
}

/** A table with its header, or one line of another table; both are whole lines. */
interface Piece {
  readonly isTable: boolean;
  readonly start: number;
  readonly end: number;
}

/** All that the entry is made of, in the text's order. */
function piecesOf(top: AST.TOMLTopLevelTable, { keys, name }: EntryPlace): readonly Piece[] | Problem {
  const entry = [...keys, name];
  const below: Piece[] = [];
  const inline: AST.TOMLKeyValue[] = [];
  const visit = (node: AST.TOMLKeyValue | AST.TOMLTable, table: readonly (string | number)[]) => {
    const [start, end] = node.range;
    const isTable = node.type === 'TOMLTable';
    const path = isTable ? node.resolvedKey : [...table, ...node.key.keys.map(keyText)];
    if (startsWith(path, entry)) below.push({ isTable, start, end });
    else if (isTable) for (const line of node.body) visit(line, path);
    else if (startsWith(entry, path)) inline.push(node);
  };
  for (const node of top.body) visit(node, []);
  return inline.length > 0
    ? { problem: 'has its entries in an inline table, which Fairlead does not edit.' }
    : below;
}

function startsWith(path: readonly (string | number)[], start: readonly (string | number)[]): boolean {
  return start.every((key, index) => path[index] === key);
}

function keyText(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function appended(text: string, put: string): Splice {
  const end = lineEndOf(text);
  const whole = text === '' ? put + end : text.endsWith('\n') ? end + put + end : end + end + put;
  return { start: text.length, end: text.length, text: whole };
}

/** A table goes with the empty line that parts it from what is before it. */
function taken(text: string, { isTable, start: from, end: to }: Piece): Splice {
  const end = lineEnd(text, to);
  let start = lineStart(text, from);
  if (isTable && start > 0) {
    const before = lineStart(text, start - 1);
    if (text.slice(before, start).trim() === '') start = before;
    // It was appended to a text whose last line did not end either.
    if (start > 0 && text[end - 1] !== '\n') start -= lineEndOf(text).length;
  }
  return { start, end, text: '' };
}

/** Header and lines, without a line end after the last. @returns undefined when TOML cannot hold it */
function tableText({ keys, name }: EntryPlace, entry: EntryValue, end: string): string | undefined {
  if (!isTable(entry)) return undefined;
  const header = `[${[...keys, name].map(tomlKey).join('.')}]`;
  const lines = Object.entries(entry).map(([key, value]) => `${tomlKey(key)} = ${valueText(value)}`);
  return [header, ...lines].join(end);
}

function isTable(value: EntryValue): value is { readonly [key: string]: EntryValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const tomlKey = (key: string) => (/^[\w-]+$/.test(key) ? key : text(key));

function valueText(value: EntryValue): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (!isTable(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${tomlKey(key)} = ${valueText(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** JSON's strings are TOML's basic strings, but for DEL (TOML 1.0, "String"). */
function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}
