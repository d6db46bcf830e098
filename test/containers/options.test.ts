import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readContainerOptions } from '../../electron/containers/options.ts';
import { FairleadError } from '../../shared/errors.ts';

const url = 'https://host.example/mcp';
const pin = `sha256/${'A'.repeat(43)}=`;
const context = { cwd: '/work', env: { KEY: 'abc', EMPTY: '' } };
const read = (...args: string[]) => readContainerOptions(args, context);

function refusal(...args: string[]): FairleadError {
  try {
    read(...args);
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown;
    throw thrown;
  }
  throw new Error('It was taken.');
}

test('a name alone means a configured container', () => {
  expect(read('notes')).toEqual({
    target: 'notes',
    draft: undefined,
    secretEnv: undefined,
    secretStdin: false,
    probe: true,
  });
});

test('a URL alone leaves everything to be found by probing', () => {
  expect(read(url).draft).toEqual({ url, transport: 'auto', tls: {} });
});

test('reads every option of this version', () => {
  const all = read(
    ...[url, '--auth', 'api-key', '--header', 'X-Key', '--secret-env', 'KEY', '--transport', 'sse'],
    ...['--account', 'me', '--timeout', '30', '--ca', 'ca.pem', '--cert', '/c.pem', '--key', '../k.pem'],
    ...['--pin', pin, '--pin', pin.replace('A', 'B'), '--no-probe'],
  );
  expect(all).toEqual({
    target: url,
    draft: {
      url,
      transport: 'sse',
      auth: { method: 'api_key', header: 'X-Key' },
      tls: { ca: '/work/ca.pem', cert: '/c.pem', key: '/k.pem', pins: [pin, pin.replace('A', 'B')] },
      account: 'me',
      timeoutSeconds: 30,
    },
    secretEnv: 'KEY',
    secretStdin: false,
    probe: false,
  });
});

test.each([['--header', 'X-Key'], ['--secret-env', 'KEY'], ['--secret-stdin']])(
  '%s alone means a key',
  (...options) => {
    expect(read(url, ...options).draft?.auth?.method).toBe('api_key');
  },
);

test.each([
  [['https://me:hunter2@host.example/mcp']],
  [[url, '--secret', 'hunter2']],
  [[url, '--secret=hunter2']],
  [[url, '--api-key=hunter2']],
  [[url, '--token', 'hunter2']],
  [[url, '--wrong=hunter2']],
  [[url, '--header', 'Authorization: Bearer hunter2']],
  [[url, '--secret-env', 'hunter2-is-no-name']],
  [[url, '--pin', 'sha256/hunter2']],
])('refuses %j without repeating what may be a secret', (args) => {
  const error = refusal(...args);
  expect(error.code).toBe('usage');
  expect(`${error.message} ${error.help ?? ''}`).not.toContain('hunter2');
});

test.each([
  [['http://host.example/mcp'], /https/],
  [['no such name'], /not a URL/],
  [[], /argument/i],
  [[url, 'more'], /argument/i],
  [[url, '--auth', 'magic'], /none or api-key/],
  [[url, '--auth', 'identity'], /not have --auth identity yet/],
  [[url, '--auth', 'none', '--header', 'X-Key'], /no header/],
  [[url, '--scope', 'a b'], /--auth oauth/],
  [[url, '--deny-tool', '*'], /not have --deny-tool yet/],
  [[url, '--auth', 'oauth', '--token-url', 'https://a.example/t'], /go together/],
  [[url, '--secret-env', 'MISSING'], /not set/],
  [[url, '--secret-env', 'EMPTY'], /empty/],
  [[url, '--secret-env', 'KEY', '--secret-stdin'], /either/],
  [[url, '--timeout', '0'], /seconds/],
  [[url, '--timeout', 'soon'], /seconds/],
  [[url, '--transport', 'pigeon'], /auto, http, sse/],
  [[url, '--cert', 'c.pem'], /--key/],
  [['notes', '--timeout', '3'], /configured container/],
])('refuses %j and says why', (args, why) => {
  const error = refusal(...args);
  expect(error.code).toBe('usage');
  expect(error.message).toMatch(why);
});

test('whatever is typed gives a draft or a usage error', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(
      url,
      'notes',
      '--auth',
      'none',
      'api-key',
      '--pin',
      pin,
      '--timeout',
      '5',
      '--',
      '--header',
      '-x',
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (args) => {
      try {
        read(...args);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FairleadError);
        expect((thrown as FairleadError).code).toBe('usage');
      }
    }),
    { numRuns: 300 },
  );
});
