import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines, foldLines, spreadJson, unifiedLines } from '../../../renderer/ui/line-diff.ts';

test('tells which lines come and go', () => {
  expect(diffLines('a\nb\nc', 'a\nx\nc\nd')).toEqual([
    { kind: 'same', text: 'a' },
    { kind: 'removed', text: 'b' },
    { kind: 'added', text: 'x' },
    { kind: 'same', text: 'c' },
    { kind: 'added', text: 'd' },
  ]);
});

test('leads from the one text to the other, whatever they are', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, now) => {
      const lines = diffLines(before, now);
      const without = (left: string) => lines.filter(({ kind }) => kind !== left).map((line) => line.text);
      expect(without('added').join('\n')).toBe(before);
      expect(without('removed').join('\n')).toBe(now);
    }),
  );
});

test('takes no longer for texts that are too long to be compared', () => {
  const long = (word: string) => Array.from({ length: 3_000 }, (_, index) => `${word} ${index}`).join('\n');
  expect(diffLines(long('a'), long('b'))).toHaveLength(6_000);
});

test('leaves out what is the same and far from a change', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
  const folded = foldLines(diffLines(before, before.replace('line 10', 'changed')), 1);
  expect(folded.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'gap …',
    'same line 9',
    'removed line 10',
    'added changed',
    'same line 11',
    'gap …',
  ]);
});

test('reads a unified diff without its head', () => {
  const patch = '--- a\n+++ a\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n\\ No newline at end of file\n';
  expect(unifiedLines(patch).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'same one',
    'removed two',
    'added 2',
  ]);
});

test('spreads JSON over lines, and leaves alone what is none', () => {
  expect(spreadJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(spreadJson('plain words')).toBe('plain words');
});
