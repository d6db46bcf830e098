/** Puts one entry into the text of another program's config file, or takes it out; every other byte stays as it is. */
import { isDeepStrictEqual } from 'node:util';

export type EntryValue =
  string | number | boolean | null | readonly EntryValue[] | { readonly [key: string]: EntryValue };

/** Where an entry stands: the keys that lead to the table of entries, and its name there. */
export interface EntryPlace {
  readonly keys: readonly [string, ...string[]];
  readonly name: string;
}

/** Why a text is left alone, as the end of a sentence: it goes on after "The file". Quotes nothing of the text. */
export interface Problem {
  readonly problem: string;
}

type Refused = Problem & { readonly outcome: 'refused' };

export type Edit =
  { readonly outcome: 'edited'; readonly text: string } | { readonly outcome: 'unchanged' } | Refused;

export type EntriesRead =
  | {
      readonly outcome: 'read';
      /** By name. What an entry holds is the other program's: anything. */
      readonly entries: ReadonlyMap<string, unknown>;
      /** Names that stand there more than once; which of them counts is the program's to say. */
      readonly duplicates: readonly string[];
    }
  | Refused;

export interface Editor {
  /** Replaces the whole entry where there is one. A blank text gets a first one. */
  setEntry(text: string, place: EntryPlace, entry: EntryValue): Edit;
  /** The table of entries stays, if empty. */
  removeEntry(text: string, place: EntryPlace): Edit;
  readEntries(text: string, keys: EntryPlace['keys']): EntriesRead;
}

/** What comes in place of [start, end). */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text that is valid in its format. It has a table (or nothing) at each of an edit's keys, and no name there twice. */
export interface OpenText {
  /** All of it as plain values; undefined: there is nothing but blanks and comments. */
  readonly value: unknown;
  /** Whether null is as good as an empty table: in YAML it is what a key has with nothing behind it. */
  readonly nullIsEmpty?: boolean;
  /** Names that stand more than once in the table at these keys. */
  duplicates(keys: readonly string[]): readonly string[];
  set(place: EntryPlace, entry: EntryValue): readonly Splice[] | Problem;
  /** Of an entry that is there. */
  remove(place: EntryPlace): readonly Splice[] | Problem;
}

/** Reads a text, without its byte order mark, in one format. */
export type OpenFormat = (text: string) => OpenText | Problem;

type Table = Readonly<Record<string, unknown>>;

const bom = '\uFEFF';
const tooDeep = { problem: 'is nested too deeply.' };

export function createEditor(open: OpenFormat): Editor {
  const edit = (text: string, place: EntryPlace, wanted: EntryValue | undefined): Edit => {
    const start = text.startsWith(bom) ? bom : '';
    const body = text.slice(start.length);
    const opened = openChecked(open, body);
    if ('problem' in opened) return refused(opened);
    const { keys } = place;
    const { entries, problem } = tableAt(opened, place);
    if (problem !== undefined) return refused({ problem });
    const present = Object.hasOwn(entries, place.name);
    if (wanted === undefined ? !present : present && isDeepStrictEqual(entries[place.name], wanted))
      return { outcome: 'unchanged' };
    const splices = wanted === undefined ? opened.remove(place) : opened.set(place, wanted);
    if ('problem' in splices) return refused(splices);
    const edited = spliced(body, splices);
    // Comments, anchors, dotted keys: what was not thought of must end in a refusal and not in somebody's file.
    const after = openChecked(open, edited);
    if (
      'problem' in after ||
      !isDeepStrictEqual(withTable(after.value, keys), withEntry(opened.value, place, wanted))
    )
      return refused({ problem: 'is written in a way that Fairlead cannot edit without harm.' });
    return { outcome: 'edited', text: start + edited };
  };

  return {
    setEntry: edit,
    removeEntry: (text, place) => edit(text, place, undefined),
    readEntries(text, keys) {
      const opened = openChecked(open, text.startsWith(bom) ? text.slice(bom.length) : text);
      if ('problem' in opened) return refused(opened);
      const { entries, problem } = tableAt(opened, { keys });
      if (problem !== undefined) return refused({ problem });
      return {
        outcome: 'read',
        entries: new Map(Object.entries(entries)),
        duplicates: opened.duplicates(keys),
      };
    },
  };
}

function openChecked(open: OpenFormat, text: string): OpenText | Problem {
  try {
    return open(text);
  } catch (thrown) {
    // The parsers descend with the text, and the stack is finite.
    if (thrown instanceof RangeError) return tooDeep;
    throw thrown;
  }
}

function tableAt(
  opened: OpenText,
  { keys, name }: { keys: EntryPlace['keys']; name?: string },
): { readonly entries: Table; readonly problem?: string } {
  const nothing: Table = {};
  let table: unknown = opened.value ?? nothing;
  const path: string[] = [];
  for (const key of [...keys, name]) {
    const called = path.length === 0 ? 'is' : `has a "${path.join('.')}" that is`;
    if (!isTable(table)) return { entries: nothing, problem: `${called} no table of names.` };
    if (key === undefined) break;
    if (opened.duplicates(path).includes(key))
      return { entries: nothing, problem: `has "${[...path, key].join('.')}" more than once.` };
    if (path.length === keys.length) break;
    table = Object.hasOwn(table, key) ? table[key] : nothing;
    if (table === null && opened.nullIsEmpty === true) table = nothing;
    path.push(key);
  }
  return { entries: table as Table };
}

/** In TOML a table that lost its last entry is gone with it. */
function withTable(value: unknown, [key, ...keys]: readonly string[]): unknown {
  const table = isTable(value) ? value : {};
  if (key === undefined) return value ?? table;
  return { ...table, [key]: withTable(Object.hasOwn(table, key) ? table[key] : undefined, keys) };
}

function withEntry(value: unknown, { keys, name }: EntryPlace, entry: EntryValue | undefined): unknown {
  const change = (table: unknown, [key, ...rest]: readonly string[]): Table => {
    const others = isTable(table) ? table : {};
    if (key !== undefined)
      return { ...others, [key]: change(Object.hasOwn(others, key) ? others[key] : {}, rest) };
    const kept = Object.entries(others).filter(([each]) => each !== name);
    return Object.fromEntries(entry === undefined ? kept : [...kept, [name, entry]]);
  };
  return change(value, keys);
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function spliced(text: string, splices: readonly Splice[]): string {
  const inOrder = [...splices].sort((one, other) => one.start - other.start);
  let at = 0;
  let result = '';
  for (const { start, end, text: put } of inOrder) {
    // Two removals may share the line end between them.
    result += text.slice(at, Math.max(at, start)) + put;
    at = end;
  }
  return result + text.slice(at);
}

const refused = ({ problem }: Problem): Refused => ({ outcome: 'refused', problem });
