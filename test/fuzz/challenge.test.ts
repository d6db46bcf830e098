import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChallenge, parseChallenges } from '../../electron/credentials/discovery/challenge.ts';
import { anyText, damaged } from './arbitraries.ts';
import { patience, runsOf } from './cases.ts';

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const tokenForm = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const blanks = fc.constantFrom('', '', ' ', '\t', '  ');
const name = fc.oneof(token, fc.constantFrom('resource_metadata', 'scope', 'error', 'Realm', '__proto__'));
/** What undici hands over: one character for each byte. */
const visible = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 20,
});

interface Written {
  readonly text: string;
  readonly scheme: string;
  readonly parameters: readonly (readonly [string, string])[];
}

/** A parameter as a quoted string, or, where it can be, as a token. */
const parameter = fc
  .tuple(name, fc.oneof(token, visible), fc.tuple(blanks, blanks), fc.boolean())
  .map(([key, value, [before, behind], bare]) => {
    const written = bare && tokenForm.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
    return { key, value, text: `${key}${before}=${behind}${written}` };
  });
const separator = fc.constantFrom(', ', ',', ' , ', ',,', ',\t,  ');

const challenge: fc.Arbitrary<Written> = fc.oneof(
  fc
    .tuple(
      token,
      fc.uniqueArray(parameter, { minLength: 1, maxLength: 4, selector: ({ key }) => key.toLowerCase() }),
      separator,
    )
    .map(([scheme, parameters, between]) => ({
      scheme,
      text: `${scheme} ${parameters.map(({ text }) => text).join(between)}`,
      parameters: parameters.map(({ key, value }) => [key.toLowerCase(), value] as const),
    })),
  fc
    .tuple(token, fc.stringMatching(/^[A-Za-z0-9\-._~+/]{1,12}={0,2}$/))
    .map(([scheme, value]) => ({ scheme, text: `${scheme} ${value}`, parameters: [] })),
  token.map((scheme) => ({ scheme, text: scheme, parameters: [] })),
);
const field = fc
  .tuple(fc.array(challenge, { minLength: 1, maxLength: 4 }), separator)
  .map(([challenges, between]) => ({ challenges, text: challenges.map(({ text }) => text).join(between) }));

test('reads back every field that RFC 9110 lets a server write', patience, () => {
  fc.assert(
    fc.property(field, ({ challenges, text }) => {
      const read = parseChallenges(text).map(({ scheme, parameters }) => ({
        scheme,
        parameters: [...parameters],
      }));
      expect(read).toEqual(
        challenges.map(({ scheme, parameters }) => ({ scheme: scheme.toLowerCase(), parameters })),
      );
    }),
    runsOf('challenges in any spelling'),
  );
});

test('takes nothing but schemes, names and text out of a field that is none', patience, () => {
  const piece = fc.constantFrom(
    'Bearer',
    'DPoP',
    ' ',
    ',',
    '=',
    '"',
    '\\',
    'a',
    'resource_metadata',
    'scope="',
    '\t',
    'é',
    '\0',
  );
  const broken = fc.oneof(
    damaged(field.map(({ text }) => text)).map((bytes) => bytes.toString('latin1')),
    fc.array(piece, { maxLength: 20 }).map((each) => each.join('')),
    anyText,
  );
  fc.assert(
    fc.property(broken, (text) => {
      for (const { scheme, parameters } of parseChallenges(text)) {
        expect(scheme).toMatch(tokenForm);
        expect(text.toLowerCase()).toContain(scheme);
        for (const [key, value] of parameters) {
          expect(key).toMatch(tokenForm);
          expect(value.length).toBeLessThanOrEqual(text.length);
        }
      }
      const chosen = parseChallenge(text);
      for (const each of Object.values(chosen ?? {})) expect(['string', 'undefined']).toContain(typeof each);
    }),
    runsOf('challenges damaged'),
  );
});
