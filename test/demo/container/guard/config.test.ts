import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig, readConfig } from '../../../../demo/container/guard/config.ts';
import { platformTerms, type PlatformMode } from '../../../../demo/container/guard/platform-config.ts';
import { FairleadError } from '../../../../shared/errors.ts';

const hash = `sha256:${'0a'.repeat(32)}`;

function complaint(text: string): FairleadError {
  try {
    parseConfig(text, 'config.yaml');
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown;
    throw thrown;
  }
  throw new Error('the config was accepted');
}

test('reads the modes local and token', () => {
  expect(parseConfig('auth:\n  mode: local  # nothing\n', 'c')).toEqual({ auth: { mode: 'local' } });
  expect(parseConfig(`auth: {mode: token, tokens: [{name: my-laptop, hash: "${hash}"}]}`, 'c').auth).toEqual({
    mode: 'token',
    tokens: [{ name: 'my-laptop', hash }],
  });
  expect(parseConfig('auth: {mode: token}', 'c').auth).toEqual({ mode: 'token', tokens: [] });
});

test.each([
  ['auth: [', 1, /not valid YAML/],
  ['auth:\n  mode: local\n  mode: token\n', 3, /not valid YAML/],
  ['', 1, /auth: give a mode: local, token, platform, certificate, mtls, external or oauth/],
  ['auth:\n  tokens: []\n', 2, /auth.*: give a mode/],
  [
    '# hello\nauth:\n  mode: open\n',
    3,
    /auth.mode: give a mode: local, token, platform, certificate, mtls, external or oauth/,
  ],
  ['auth:\n  mode: token\n  tokens:\n    - name: a\n      hash: abc\n', 5, /sha256/],
  [`auth:\n  mode: token\n  tokens:\n    - name: a b\n      hash: ${hash}\n`, 4, /1 to 63/],
  ['auth:\n  mode: token\n  toknes: []\n', 3, /toknes/],
  [
    `auth:\n  mode: token\n  tokens:\n  - {name: a, hash: "${hash}"}\n  - {name: a, hash: "${hash}"}\n`,
    5,
    /two tokens/,
  ],
])('says the line and the problem of %j', (text, line, problem) => {
  const error = complaint(text);
  expect(error.code).toBe('config_invalid');
  expect(error.message).toContain(`config.yaml, line ${line}:`);
  expect(error.message).toMatch(problem);
});

const platform = {
  mode: 'platform',
  platform_jwks_url: 'https://platform.example/.well-known/jwks.json',
  expected_user_id: 'user_abc123',
};

test('reads the mode platform, and takes the issuer from where its keys are', () => {
  const mode = parseConfig(JSON.stringify({ auth: platform }), 'c').auth;
  expect(mode).toEqual(platform);
  expect(platformTerms(mode as PlatformMode)).toEqual({
    jwksUrl: new URL(platform.platform_jwks_url),
    userId: 'user_abc123',
    issuer: 'https://platform.example',
    audience: undefined,
  });
});

test.each([
  [{ platform_jwks_url: 'http://platform.example/jwks' }, /platform_jwks_url: this must be an https URL/],
  [{ platform_jwks_url: 'file:///etc/passwd' }, /platform_jwks_url/],
  [{ platform_jwks_url: 'https://user:secret@platform.example/' }, /platform_jwks_url/],
  [{ platform_issuer: 'platform.example' }, /platform_issuer/],
  [{ audience: 'mine' }, /audience/],
  [{ expected_user_id: '' }, /expected_user_id: give the id/],
  [{ expected_user: 'x' }, /expected_user/],
])('refuses a mode platform with %j', (change, problem) => {
  const { code, message } = complaint(JSON.stringify({ auth: { ...platform, ...change } }));
  expect(code).toBe('config_invalid');
  expect(message).toMatch(problem);
  expect(message).not.toContain('secret');
});

test.each(['127.0.0.1:4000', '[::1]:4000', 'localhost:4000'])('takes keys over http from %s', (host) => {
  const auth = { ...platform, platform_jwks_url: `http://${host}/.well-known/jwks.json` };
  expect(parseConfig(JSON.stringify({ auth }), 'c').auth.mode).toBe('platform');
});

test('understands each of the examples', async () => {
  const folder = 'demo/container/examples';
  const names = await readdir(folder);
  const modes = await Promise.all(
    names.map(async (name) => (await readConfig(join(folder, name))).auth.mode),
  );
  expect(new Set(modes)).toEqual(
    new Set(['local', 'token', 'platform', 'certificate', 'mtls', 'external', 'oauth']),
  );
});

test('never quotes a value, which could be a secret in the wrong place', () => {
  const secret = 'flc_Very_Secret_Value';
  for (const text of [
    `auth: {mode: token, tokens: [{name: a, hash: "${secret}"}]}`,
    `auth: {mode: "${secret}"}`,
    `auth: {mode: token, tokens: "${secret}"}`,
    `auth: *${secret}`,
  ]) {
    const { message, help = '' } = complaint(text);
    expect(message + help).not.toContain(secret);
  }
});

test('accepts or names the line, whatever the text', () => {
  const piece = fc.constantFrom(
    'auth',
    ':',
    ' ',
    '\n',
    'mode',
    'local',
    'token',
    'tokens',
    '- ',
    '[',
    '}',
    '&a',
    '*a',
    '<<',
    '"',
    '!!x',
    '#',
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (sample) => {
      try {
        expect(['local', 'token']).toContain(parseConfig(sample, 'c').auth.mode);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FairleadError);
        expect((thrown as FairleadError).message).toMatch(/^c, line [1-9]\d*: /);
      }
    }),
    { numRuns: 1_000 },
  );
});
