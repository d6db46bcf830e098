/** JSON as people and programs keep it in config files: with comments and trailing commas, where they have them. */
import { createScanner, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { createEditor, type EntryPlace, type EntryValue, type OpenText, type Problem } from './editor.ts';
import { insertion, memberOf, pretty, removal, replacement } from './json-members.ts';
import { endOfText } from './json-tokens.ts';
import { lineEndOf, lineNumber } from './lines.ts';

export const jsonEditor = createEditor(openJson);

function openJson(text: string): OpenText | Problem {
  if (isBlank(text)) return blankText(text);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || root === undefined)
    return { problem: `is not valid JSON in line ${lineNumber(text, error?.offset ?? 0)}.` };
  return {
    value: valueOf(root),
    duplicates: (keys) => repeated(keys.reduce(memberValue, root)),
    set(place, entry) {
      let table = root;
      const path = [...place.keys, place.name];
      for (const [index, key] of path.entries()) {
        const member = memberOf(table, key);
        const value = member?.children?.[1];
        if (member === undefined || value === undefined)
          return insertion(text, table, { key, value: nested(path.slice(index + 1), entry) });
        if (index === path.length - 1) return [replacement(text, { member, value }, entry)];
        table = value;
      }
      return [];
    },
    remove: ({ keys, name }) => removal(text, keys.reduce(memberValue, root), name),
  };
}

/** A first entry comes after whatever comments there are. */
function blankText(text: string): OpenText {
  const end = lineEndOf(text);
  return {
    value: undefined,
    duplicates: () => [],
    set({ keys: [...keys], name }: EntryPlace, entry) {
      const whole = pretty(nested([...keys, name], entry), { unit: '  ', indent: '', end });
      const between = text === '' || text.endsWith('\n') ? '' : end;
      return [{ start: text.length, end: text.length, text: `${between}${whole}${end}` }];
    },
    remove: () => [],
  };
}

function isBlank(text: string): boolean {
  const first: number = createScanner(text, true).scan();
  return first === endOfText;
}

function valueOf(node: Node): unknown {
  const children = node.children ?? [];
  if (node.type === 'array') return children.map(valueOf);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    children.flatMap(({ children: [key, value] = [] }) =>
      key === undefined || value === undefined ? [] : [[key.value as string, valueOf(value)]],
    ),
  );
}

/** An object without members where there is none. */
function memberValue(table: Node, key: string): Node {
  return memberOf(table, key)?.children?.[1] ?? { type: 'object', offset: 0, length: 0 };
}

function repeated({ type, children = [] }: Node): string[] {
  if (type !== 'object') return [];
  const seen = new Set<string>();
  const names = children.map((member) => member.children?.[0]?.value as string);
  return [...new Set(names.filter((name) => seen.size === seen.add(name).size))];
}

function nested(keys: readonly string[], entry: EntryValue): EntryValue {
  return keys.reduceRight<EntryValue>((value, key) => ({ [key]: value }), entry);
}
