import { expect, test } from 'vitest';
import { parseChallenge, parseChallenges } from '../../../electron/credentials/discovery/challenge.ts';

const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test('reads a challenge with its parameters', () => {
  expect(read('Bearer realm="mcp", scope="a b", error=invalid_token')).toEqual([
    ['bearer', { realm: 'mcp', scope: 'a b', error: 'invalid_token' }],
  ]);
});

test('reads several challenges in one field, with and without parameters', () => {
  expect(read('Negotiate, Basic realm="x", charset="UTF-8" , DPoP algs="ES256",Bearer a=b')).toEqual([
    ['negotiate', {}],
    ['basic', { realm: 'x', charset: 'UTF-8' }],
    ['dpop', { algs: 'ES256' }],
    ['bearer', { a: 'b' }],
  ]);
});

test('reads a scheme without parameters as such, also where blanks stand before the next one', () => {
  expect(read('Negotiate , Bearer')).toEqual([
    ['negotiate', {}],
    ['bearer', {}],
  ]);
  expect(parseChallenge('Negotiate , Bearer')).toBeDefined();
});

test('reads token68 as such, also where it ends like a parameter begins', () => {
  expect(read('Negotiate YWJj==, Bearer a="b"')).toEqual([
    ['negotiate', {}],
    ['bearer', { a: 'b' }],
  ]);
  expect(read('NTLM abc/+~.=')).toEqual([['ntlm', {}]]);
});

test('undoes escapes in quoted strings, and takes commas and quotes in them for text', () => {
  expect(read(String.raw`Bearer realm="a, Basic b=\"c\" \\", error="x"`)).toEqual([
    ['bearer', { realm: String.raw`a, Basic b="c" \ `.trimEnd(), error: 'x' }],
  ]);
});

test('does not care about case and blanks, and takes the first of two', () => {
  expect(read(' ,, BEARER  Scope = "a" ,SCOPE=b ,\tERROR=c')).toEqual([
    ['bearer', { scope: 'a', error: 'c' }],
  ]);
});

test('keeps what came before the place where it stops understanding', () => {
  expect(read('Bearer scope="a", error="never closed')).toEqual([['bearer', { scope: 'a' }]]);
  expect(read('"Bearer" a=b')).toEqual([]);
  expect(read('Bearer a=b; c=d')).toEqual([['bearer', {}]]);
});

test('picks the challenge that names metadata, or else the one that a token answers', () => {
  const metadata = 'https://mcp.example/.well-known/oauth-protected-resource';
  expect(parseChallenge(`Basic realm="x", Bearer scope=a, DPoP resource_metadata="${metadata}"`)).toEqual({
    resourceMetadata: metadata,
    scope: undefined,
    error: undefined,
  });
  expect(parseChallenge('Basic realm="x", Bearer error="insufficient_scope", scope="a b"')).toEqual({
    resourceMetadata: undefined,
    scope: 'a b',
    error: 'insufficient_scope',
  });
  expect(parseChallenge('Basic realm="x"')).toBeUndefined();
  expect(parseChallenge(undefined)).toBeUndefined();
});

test.each(['Bearer a="', 'a="\\', 'Bearer ', 'a=b,', ' =', '"'])(
  'is done at once with 64 KiB of %j',
  (piece) => {
    const startedAt = performance.now();
    parseChallenge(`Bearer ${piece.repeat(65_536 / piece.length)}`);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  },
);
