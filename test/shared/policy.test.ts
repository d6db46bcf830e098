import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOn, matchesGlob, rulesFor, rulesOf, withRule, type ToolRule } from '../../shared/policy.ts';

const tools = ['read_note', 'read_all', 'delete_note', 'delete_all'];
const on = (rules: readonly ToolRule[]) => tools.filter((tool) => isOn(rules, tool));
/** `+a -b`, one after the other. */
const after = (text: string, start: readonly ToolRule[] = []): readonly ToolRule[] =>
  text
    .split(' ')
    .map((each): ToolRule => (each.startsWith('+') ? { allow: each.slice(1) } : { deny: each.slice(1) }))
    .reduce((rules, rule) => withRule(rules, rule), start);

test('all tools are on while nothing is said of them', () => {
  expect(on([])).toEqual(tools);
});

test.each([
  ['-delete_*', ['read_note', 'read_all']],
  ['+read_*', ['read_note', 'read_all']],
  ['-delete_* +delete_note', ['read_note', 'read_all', 'delete_note']],
  ['-* +read_*', ['read_note', 'read_all']],
  ['+read_* -read_all', ['read_note']],
  ['+read_* -read_all +delete_note', ['read_note', 'delete_note']],
  ['+read_* -read_all -read_*', []],
  ['+read_* +*', tools],
  ['+read_* -*', []],
  ['-delete_note +delete_note', tools],
  ['-delete_* -delete_note +delete_note', ['read_note', 'read_all', 'delete_note']],
  ['+read_note -read_note +read_note', ['read_note']],
])('%s leaves on %j', (text, expected) => {
  expect(on(after(text))).toEqual(expected);
});

test('a tool that is switched off and on again is as it was, whatever the rules', () => {
  const rule = fc
    .tuple(fc.boolean(), fc.constantFrom('*', 'read_*', '*_all', 'delete_note', '?????note'))
    .map(([allow, glob]): ToolRule => (allow ? { allow: glob } : { deny: glob }));
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 6 }), fc.constantFrom(...tools), (added, tool) => {
      const rules = added.reduce<ToolRule[]>((all, each) => withRule(all, each), []);
      const off = withRule(rules, { deny: tool });
      expect(on(off)).toEqual(on(rules).filter((each) => each !== tool));
      const back = withRule(off, { allow: tool });
      expect(on(back)).toEqual(tools.filter((each) => each === tool || on(rules).includes(each)));
    }),
  );
});

test('a rule for any case stays when its name is switched off and on', () => {
  const rules: ToolRule[] = [{ deny: 'Delete_*', anyCase: true }];
  expect(on(rules)).toEqual(['read_note', 'read_all']);
  expect(isOn(rules, 'DELETE_NOTE')).toBe(false);
  const off = withRule(rules, { deny: 'Delete_*' });
  expect(on(off)).toEqual(['read_note', 'read_all']);
  expect(on(withRule(off, { allow: 'Delete_*' }))).toEqual(['read_note', 'read_all']);
  expect(on(withRule(off, { allow: 'delete_note' }))).toEqual(['read_note', 'read_all', 'delete_note']);
  expect(on(withRule(off, { allow: '*' }))).toEqual(tools);
});

test('of the options, what is denied is denied even if it is allowed', () => {
  expect(on(rulesOf(['read_*', 'delete_note'], ['*_all']))).toEqual(['read_note', 'delete_note']);
  expect(on(rulesOf([], ['*_all']))).toEqual(['read_note', 'delete_note']);
  expect(rulesOf([], [])).toEqual([]);
});

test('rules for a program come behind those for all, whatever the case of its name', () => {
  const policy = {
    tools: [{ deny: 'delete_*' }],
    programs: { Claude: [{ allow: 'delete_note' }], cursor: [{ deny: '*' }] },
  };
  expect(on(rulesFor(policy, undefined))).toEqual(['read_note', 'read_all']);
  expect(on(rulesFor(policy, 'claude'))).toEqual(['read_note', 'read_all', 'delete_note']);
  expect(on(rulesFor(policy, 'Cursor'))).toEqual([]);
  expect(on(rulesFor(policy, 'constructor'))).toEqual(['read_note', 'read_all']);
});

test('to allow a program some means these and no others only where there are no rules at all', () => {
  expect(withRule([], { allow: 'a' }, [{ deny: 'b' }])).toEqual([{ allow: 'a' }]);
  expect(withRule([], { allow: 'a' }, [])).toEqual([{ deny: '*' }, { allow: 'a' }]);
  expect(withRule([], { allow: '*' }, [{ deny: 'b' }])).toEqual([{ allow: '*' }]);
});

test.each([
  ['*', '', true],
  ['*', 'a/b.c', true],
  ['a*b*c', 'a1b2bc', true],
  ['a*b*c', 'a1b2b', false],
  ['?', '😀', true],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['A', 'a', false],
  ['', '', true],
  ['a', 'ab', false],
])('whether %s matches %j: %s', (glob, text, expected) => {
  expect(matchesGlob(glob, text)).toBe(expected);
});

test('matches as the regular expression does that it stands for, in bounded time', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
  fc.assert(
    fc.property(word, fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 }), (glob, text) => {
      const expression = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesGlob(glob, text)).toBe(new RegExp(`^${expression}$`).test(text));
    }),
  );
  expect(matchesGlob('*a'.repeat(60), `${'a'.repeat(20_000)}b`)).toBe(false);
});
