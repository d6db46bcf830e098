import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readContainerOptions } from '../../electron/containers/options.ts';
import { FairleadError } from '../../shared/errors.ts';

const url = 'https://host.example/mcp';
const pin = `sha256/${'A'.repeat(43)}=`;
const context = { cwd: '/home/me', env: { KEY: 'abc', EMPTY: '' } };
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
    passphraseEnv: undefined,
    passphraseStdin: false,
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
    ...['--deny-tool', 'b', '--allow-tool', 'a*', '--allow-tool', 'b'],
  );
  expect(all).toEqual({
    target: url,
    draft: {
      url,
      transport: 'sse',
      auth: { method: 'api_key', header: 'X-Key' },
      tls: { ca: '/home/me/ca.pem', cert: '/c.pem', key: '/home/k.pem', pins: [pin, pin.replace('A', 'B')] },
      account: 'me',
      timeoutSeconds: 30,
      tools: [{ deny: '*' }, { allow: 'a*' }, { allow: 'b' }, { deny: 'b' }],
    },
    secretEnv: 'KEY',
    secretStdin: false,
    passphraseEnv: undefined,
    passphraseStdin: false,
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
  [[url, '--auth', 'identity'], /--provider/],
  [[url, '--auth', 'none', '--header', 'X-Key'], /no header/],
  [[url, '--scope', 'a b'], /--auth oauth/],
  [[url, '--deny-tool', ''], /--deny-tool take/],
  [['notes', '--deny-tool', 'x'], /configured container/],
  [[url, '--auth', 'oauth', '--token-url', 'https://a.example/t'], /go together/],
  [[url, '--secret-env', 'MISSING'], /not set/],
  [[url, '--secret-env', 'EMPTY'], /empty/],
  [[url, '--secret-env', 'KEY', '--secret-stdin'], /either/],
  [[url, '--timeout', '0'], /seconds/],
  [[url, '--timeout', 'soon'], /seconds/],
  [[url, '--transport', 'pigeon'], /auto, http, sse/],
  [[url, '--cert', 'c.pem'], /--key/],
  [[url, '--pkcs12', 'c.p12', '--cert', 'c.pem', '--key', 'k.pem'], /--pkcs12/],
  [[url, '--pkcs12', 'c.p12', '--key', 'k.pem'], /--pkcs12/],
  [[url, '--passphrase-env', 'KEY'], /--pkcs12/],
  [[url, '--passphrase-stdin'], /--pkcs12/],
  [[url, '--pkcs12', 'c.p12', '--passphrase-stdin', '--secret-stdin'], /one secret/],
  [[url, '--pkcs12', 'c.p12', '--passphrase-stdin', '--passphrase-env', 'KEY'], /--passphrase-env/],
  [[url, '--pkcs12', 'c.p12', '--passphrase-env', 'EMPTY'], /--passphrase-env names is not set/],
  [[url, '--pkcs12', 'c.p12', '--passphrase-env', 'not a name'], /name of an environment variable/],
  [[url, '--pkcs12', 'c.p12', '--passphrase', 'hunter2'], /never an argument/],
  [['notes', '--timeout', '3'], /configured container/],
])('refuses %j and says why', (args, why) => {
  const error = refusal(...args);
  expect(error.code).toBe('usage');
  expect(error.message).toMatch(why);
});

const oauth = [url, '--auth', 'oauth'];
const machine = [url, '--auth', 'client-credentials', '--client-id', 'me'];

test.each<[string[], object]>([
  [[], { grant: 'code' }],
  [['--client-id', 'me'], { clientId: 'me' }],
  [['--scope', 'a b'], { scope: 'a b' }],
  [['--resource', 'https://api.example/x'], { resource: 'https://api.example/x' }],
  [['--resource', 'urn:example:api'], { resource: 'urn:example:api' }],
  [['--grant', 'code'], { grant: 'code' }],
  [['--grant', 'device'], { grant: 'device' }],
  [['--callback-port', '8765'], { callbackPort: 8765 }],
  [['--assume-s256'], { assumeS256: true }],
  [
    ['--authorization-url', 'https://a.example/auth?x=1', '--token-url', 'http://localhost:1/token'],
    { authorizationUrl: 'https://a.example/auth?x=1', tokenUrl: 'http://localhost:1/token' },
  ],
])('--auth oauth with %j is kept', (options, kept) => {
  expect(read(...oauth, ...options).draft?.auth).toEqual({ method: 'oauth', grant: 'code', ...kept });
});

test.each<[string[], object]>([
  [['--private-key', 'key.pem'], { privateKey: '/home/me/key.pem' }],
  [['--client-secret-env', 'KEY'], {}],
  [['--secret-stdin'], {}],
  [
    [
      '--secret-stdin',
      '--scope',
      'a',
      '--resource',
      'https://b.example',
      '--token-url',
      'https://c.example/t',
    ],
    { scope: 'a', resource: 'https://b.example', tokenUrl: 'https://c.example/t' },
  ],
])('--auth client-credentials with %j is kept', (options, kept) => {
  expect(read(...machine, ...options).draft?.auth).toEqual({
    method: 'client_credentials',
    clientId: 'me',
    ...kept,
  });
});

test('the secret of an OAuth client comes from the variable that is named for it, or from stdin', () => {
  const named = read(...oauth, '--client-id', 'me', '--client-secret-env', 'KEY');
  expect(named).toMatchObject({ secretEnv: 'KEY', secretStdin: false });
  const piped = read(...oauth, '--client-id', 'me', '--secret-stdin');
  expect(piped).toMatchObject({ secretEnv: undefined, secretStdin: true });
  expect(JSON.stringify([named.draft, piped.draft])).not.toContain('KEY');
});

test.each<[string[], RegExp]>([
  [[...oauth, '--header', 'X-Hunter2'], /--header goes with --auth api-key/],
  [[...oauth, '--client-id', 'hunter2', '--secret-env', 'KEY'], /--secret-env goes with --auth api-key/],
  [[...oauth, '--secret-stdin'], /goes with --client-id/],
  [[...oauth, '--client-secret-env', 'KEY'], /goes with --client-id/],
  [[...oauth, '--client-id', 'me', '--client-secret-env', 'KEY', '--secret-stdin'], /either/],
  [[...oauth, '--client-id', 'me', '--client-secret-env', 'hunter2!'], /name of an environment variable/],
  [[...oauth, '--client-id', 'me', '--client-secret-env', 'EMPTY'], /--client-secret-env .* empty/],
  [[...oauth, '--client-id', 'me', '--client-secret', 'hunter2'], /unknown option/i],
  [[...oauth, '--client-id', ''], /--client-id does not take that/],
  [[...oauth, '--private-key', 'hunter2.pem'], /--private-key goes with --auth client-credentials/],
  [[...oauth, '--grant', 'hunter2'], /--grant does not take that/],
  [[...oauth, '--grant', 'device', '--callback-port', '1'], /--callback-port goes with --grant code/],
  [[...oauth, '--callback-port', 'hunter2'], /--callback-port does not take that/],
  [[...oauth, '--callback-port', '70000'], /--callback-port does not take that/],
  [[...oauth, '--resource', 'hunter2'], /--resource does not take that/],
  [[...oauth, '--resource', 'https://a.example/#hunter2'], /fragment/],
  [[...oauth, '--authorization-url', 'https://a.example/hunter2'], /go together/],
  [
    [...oauth, '--authorization-url', 'javascript:hunter2', '--token-url', 'https://a.example/'],
    /--authorization-url does not take that/,
  ],
  [
    [...oauth, '--authorization-url', 'https://a.example/', '--token-url', 'http://hunter2.example/'],
    /--token-url does not take that/,
  ],
  [[url, '--auth', 'client-credentials', '--secret-stdin'], /goes with --client-id/],
  [[url, '--auth', 'client-credentials', '--private-key', 'hunter2'], /needs --client-id/],
  [machine, /either a client secret or --private-key/],
  [[...machine, '--private-key', 'hunter2', '--secret-stdin'], /either a client secret or --private-key/],
  [[...machine, '--secret-stdin', '--grant', 'device'], /leave out the options of --auth oauth/],
  [[...machine, '--secret-stdin', '--assume-s256'], /leave out the options of --auth oauth/],
  [[...machine, '--secret-env', 'KEY'], /--secret-env goes with --auth api-key/],
  [[url, '--client-id', 'hunter2'], /--auth oauth or --auth client-credentials/],
  [[url, '--auth', 'api-key', '--assume-s256'], /--auth oauth or --auth client-credentials/],
])('refuses %j, says why, and quotes nothing', (args, why) => {
  const error = refusal(...args);
  expect(error.code).toBe('usage');
  expect(error.message).toMatch(why);
  expect(`${error.message} ${error.help ?? ''}`.toLowerCase()).not.toContain('hunter2');
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
