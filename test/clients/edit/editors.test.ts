import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EntryPlace, Editor, EntryValue } from '../../../electron/clients/edit/editor.ts';
import { jsonEditor } from '../../../electron/clients/edit/json.ts';
import { tomlEditor } from '../../../electron/clients/edit/toml.ts';
import { yamlEditor } from '../../../electron/clients/edit/yaml.ts';
import { jsonLayout, wildJsonLayout, tomlLayout, yamlLayout, type Layout } from './layouts.ts';

const entry = { command: 'C:\\Program Files\\Fairlead\\"node".exe', args: ['stdio', 'ä\u007f\n😀', 'no'] };
const other = { command: '/usr/bin/node', args: [], env: { A: '', 'b.c': 'x' }, disabled: false, timeout: 3 };

interface Case {
  readonly format: string;
  readonly editor: Editor;
  readonly layout: fc.Arbitrary<Layout>;
  readonly keys: EntryPlace['keys'];
  readonly large: string;
}

const numbers = [...Array(5_500).keys()];
const value = JSON.stringify('v'.repeat(900));

const cases: Case[] = [
  {
    format: 'JSON',
    editor: jsonEditor,
    layout: jsonLayout,
    keys: ['mcpServers'],
    large: `{\n  "projects": {\n${numbers.map((at) => `    "k${at}": [${value}]`).join(',\n')}\n  },\n  "mcpServers": {}\n}\n`,
  },
  {
    format: 'TOML',
    editor: tomlEditor,
    layout: tomlLayout,
    keys: ['mcp_servers'],
    large: `[projects]\n${numbers.map((at) => `k${at} = [${value}]\n`).join('')}`,
  },
  {
    format: 'YAML',
    editor: yamlEditor,
    layout: yamlLayout,
    keys: ['extensions'],
    large: `extensions: {}\nprojects:\n${numbers.map((at) => `  k${at}:\n  - ${value}\n`).join('')}`,
  },
];

describe.each(cases)('$format', ({ editor, layout, keys, large }) => {
  const place: EntryPlace = { keys, name: 'fairlead-entry' };
  const set = (text: string, value: EntryValue = entry, at = place) =>
    editedText(editor.setEntry(text, at, value));
  const entriesOf = (text: string) => {
    const read = editor.readEntries(text, keys);
    if (read.outcome !== 'read') throw new Error(`${read.problem}\n${text}`);
    return read.entries;
  };

  test('an entry that is put in and taken out again gives back the very bytes', () => {
    fc.assert(
      fc.property(layout, ({ text, names }) => {
        expect([...entriesOf(text).keys()].sort()).toEqual([...names].sort());
        const added = set(text);
        expect(entriesOf(added).get(place.name)).toEqual(entry);
        expect(editedText(editor.removeEntry(added, place))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('an entry that is put in is one run of new text, and a comma at most', () => {
    fc.assert(
      fc.property(layout, ({ text }) => {
        // What is new, taken away character by character, leaves what was there.
        expect(isWithin(text.replace('extensions: {}', 'extensions:'), set(text))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('an entry that is replaced changes nothing outside of it', () => {
    fc.assert(
      fc.property(layout, ({ text }) => {
        const one = set(text);
        expect(set(set(one, other), entry)).toBe(one);
        expect(editedText(editor.removeEntry(set(one, other), place))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test('any of the entries is replaced and taken out, and the others stay what they are', () => {
    fc.assert(
      fc.property(
        layout.filter(({ names }) => names.length > 0),
        fc.nat(),
        ({ text, names }, index) => {
          const name = names[index % names.length]!;
          const others = new Map([...entriesOf(text)].filter(([each]) => each !== name));
          const replaced = entriesOf(set(text, other, { keys, name }));
          expect(replaced).toEqual(new Map([...others, [name, other]]));
          const removed = editedText(editor.removeEntry(text, { keys, name }));
          expect(entriesOf(removed)).toEqual(others);
          expect(isWithin(removed.replace('extensions: {}', 'extensions:'), text)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('setting what is there, and removing what is not, changes nothing', () => {
    const text = set('');
    expect(editor.setEntry(text, place, entry)).toEqual({ outcome: 'unchanged' });
    expect(editor.removeEntry(text, { keys, name: 'x' })).toEqual({ outcome: 'unchanged' });
    expect(editor.removeEntry('', place)).toEqual({ outcome: 'unchanged' });
  });

  test.each(['', '\n', '\uFEFF', '\r\n\r\n', '  '])('a blank text %j gets its first entry', (text) => {
    const added = set(text);
    expect(added.startsWith(text)).toBe(true);
    expect([...entriesOf(added)]).toEqual([[place.name, entry]]);
  });

  test('no text makes it throw, or write what it cannot read', () => {
    fc.assert(
      fc.property(layout, fc.nat(), fc.string(), ({ text }, at, noise) => {
        const start = at % (text.length + 1);
        const broken = text.slice(0, start) + noise + text.slice(start + noise.length);
        const edit = editor.setEntry(broken, place, entry);
        if (edit.outcome === 'refused') expect(edit.problem).not.toBe('');
        else if (edit.outcome === 'edited') expect(entriesOf(edit.text).get(place.name)).toEqual(entry);
      }),
      { numRuns: 300 },
    );
  });

  test('a deep text is refused, or edited, and never ends the program', () => {
    for (const deep of ['['.repeat(100_000), `x: ${'{a: '.repeat(20_000)}`, `x = ${'['.repeat(20_000)}`])
      expect(editor.setEntry(deep, place, entry).outcome).toBe('refused');
  });

  test('5 MB take seconds at most', { timeout: 120_000 }, () => {
    expect(large.length).toBeGreaterThan(5_000_000);
    expect(entriesOf(set(large)).get(place.name)).toEqual(entry);
  });
});

test('JSON with comments in every place is edited all the same', () => {
  const place: EntryPlace = { keys: ['mcpServers'], name: 'fairlead-entry' };
  fc.assert(
    fc.property(wildJsonLayout, fc.nat(), ({ text, names }, index) => {
      const added = editedText(jsonEditor.setEntry(text, place, entry));
      const back = editedText(jsonEditor.removeEntry(added, place));
      const name = names[index % names.length];
      // Of an empty table the blanks are given up, and nothing else.
      if (name === undefined) {
        expect(isWithin(text.replace(/\s/g, ''), back)).toBe(true);
        return;
      }
      expect(isWithin(text, added)).toBe(true);
      expect(back).toBe(text);
      const without = editedText(jsonEditor.removeEntry(text, { ...place, name }));
      expect(isWithin(without, text)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['extensions:\n', 'extensions:\n  a: {}\n'],
  ['extensions:', 'extensions:\n  a: {}'],
  ['extensions: # mine\nz: 1\n', 'extensions: # mine\n  a: {}\nz: 1\n'],
  ['extensions:\n\n# mine\nz: 1\n', 'extensions:\n  a: {}\n\n# mine\nz: 1\n'],
  ['extensions: ~\r\n', 'extensions:\r\n  a: {}\r\n'],
  ['extensions: null # mine\n', 'extensions: # mine\n  a: {}\n'],
])('YAML with nothing behind the key is a table without entries: %j', (text, expected) => {
  const place: EntryPlace = { keys: ['extensions'], name: 'a' };
  expect(yamlEditor.readEntries(text, place.keys)).toMatchObject({ outcome: 'read', entries: new Map() });
  expect(yamlEditor.removeEntry(text, place)).toEqual({ outcome: 'unchanged' });
  expect(editedText(yamlEditor.setEntry(text, place, {}))).toBe(expected);
});

test.each([
  ['{"mcpServers":{/* keep */}}', '{"mcpServers":{/* keep */"a":{}}}'],
  ['{"mcpServers": { /* keep */ }}', '{"mcpServers": { /* keep */"a":{} }}'],
  ['{"mcpServers": { }}', '{"mcpServers": {"a":{}}}'],
])('a first entry in one line leaves the comments there: %s', (text, expected) => {
  const place: EntryPlace = { keys: ['mcpServers'], name: 'a' };
  expect(editedText(jsonEditor.setEntry(text, place, {}))).toBe(expected);
});

function editedText(edit: ReturnType<Editor['setEntry']>): string {
  if (edit.outcome !== 'edited') throw new Error(JSON.stringify(edit));
  return edit.text;
}

/** Whether all of `part` stands in `whole`, in its order. */
function isWithin(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (part.startsWith(character, at)) at += character.length;
  return at === part.length;
}
