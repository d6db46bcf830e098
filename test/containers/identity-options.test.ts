import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readContainerOptions } from '../../electron/containers/options.ts';
import { FairleadError } from '../../shared/errors.ts';

const url = 'https://host.example/mcp';
const context = { cwd: '/home/me', env: { SECRET: 'abc' } };
const read = (...args: string[]) =>
  readContainerOptions([url, '--auth', 'identity', ...args], context).draft?.auth;

function refusal(read: () => unknown): FairleadError {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown;
    throw thrown;
  }
  throw new Error('It was taken.');
}

const google = ['--provider', 'google', '--client-id', 'g', '--client-secret-env', 'SECRET'];
const auth0 = ['--provider', 'auth0', '--client-id', 'a', '--domain', 'acme.eu.auth0.com'];
const issuer = 'https://login.example/realms/acme';

test('takes what each provider needs', () => {
  expect(read(...google)).toEqual({
    method: 'identity',
    provider: 'google',
    clientId: 'g',
    grant: 'code',
  });
  expect(read(...auth0, '--audience', 'https://notes.example', '--callback-port', '8976')).toEqual({
    method: 'identity',
    provider: 'auth0',
    clientId: 'a',
    grant: 'code',
    domain: 'acme.eu.auth0.com',
    audience: 'https://notes.example',
    callbackPort: 8976,
  });
  expect(read('--provider', issuer, '--client-id', 'i', '--present', 'id', '--assume-s256')).toEqual({
    method: 'identity',
    provider: issuer,
    clientId: 'i',
    grant: 'code',
    present: 'id',
    assumeS256: true,
  });
});

test('GitHub is signed in to by device, or by browser where there is a secret', () => {
  const github = ['--provider', 'github', '--client-id', 'h'];
  expect(read(...github)).toMatchObject({ grant: 'device' });
  expect(read(...github, '--client-secret-env', 'SECRET')).toMatchObject({ grant: 'code' });
  expect(read(...github, '--client-secret-env', 'SECRET', '--grant', 'device')).toMatchObject({
    grant: 'device',
  });
});

test('an ID token of Auth0 needs no audience, and other places need no secret', () => {
  expect(read(...auth0, '--present', 'id')).toMatchObject({ present: 'id' });
  const elsewhere = ['--authorization-url', 'https://a.example/a', '--token-url', 'https://a.example/t'];
  expect(read('--provider', 'google', '--client-id', 'g', ...elsewhere)).toMatchObject({
    tokenUrl: 'https://a.example/t',
  });
});

test.each([
  [['--provider', 'google'], /own/, /console\.cloud\.google\.com/],
  [['--provider', 'github'], /own/, /github\.com\/settings\/developers/],
  [['--provider', 'auth0'], /own/, /manage\.auth0\.com/],
  [['--provider', issuer], /own/, /redirect URI/],
  [['--provider', 'google', '--client-id', 'g'], /client secret/, /Desktop app/],
  [['--provider', 'github', '--client-id', 'h', '--grant', 'code'], /client secret/, /Device Flow/],
])('%j says what to create and where', (args, why, where) => {
  const error = refusal(() => read(...args));
  expect(error.code).toBe('usage');
  expect(error.message).toMatch(why);
  expect(error.help).toMatch(where);
});

test.each([
  [[], /--provider/],
  [['--provider', 'gogle', '--client-id', 'g'], /--provider/],
  [['--provider', 'toString', '--client-id', 'g'], /--provider/],
  [['--provider', 'http://login.example', '--client-id', 'g'], /--provider/],
  [['--provider', 'https://me:hunter2@login.example', '--client-id', 'g'], /--provider/],
  [[...auth0], /--audience/],
  [['--provider', 'auth0', '--client-id', 'a', '--audience', 'x'], /--domain/],
  [[...auth0, '--audience', 'x', '--domain', 'https://acme.auth0.com'], /--domain/],
  [[...auth0, '--audience', 'x', '--domain', 'evil.example/acme.auth0.com'], /--domain/],
  [[...google, '--domain', 'x.example'], /--domain/],
  [[...google, '--audience', 'x'], /--audience/],
  [[...google, '--present', 'refresh'], /--present/],
  [['--provider', 'github', '--client-id', 'h', '--present', 'id'], /--present access/],
  [[...google, '--scope', 'email'], /openid/],
  [[...google, '--grant', 'implicit'], /--grant/],
  [[...google, '--resource', url], /--resource/],
  [[...google, '--grant', 'device', '--callback-port', '80'], /--callback-port/],
  [[...google, '--authorization-url', 'http://a.example/a', '--token-url', url], /--authorization-url/],
  [[...google, '--header', 'X-Key'], /--header/],
  [['--provider', issuer, '--client-id', 'i', '--private-key', 'k.pem'], /--private-key/],
  [[...google, '--token-url', 'https://a.example/t'], /--authorization-url/],
  [[...google, '--authorization-url', 'https://a.example/a'], /--token-url/],
  [
    ['--provider', 'github', '--client-id', 'h', '--token-url', 'https://ghe.example/t'],
    /--device-authorization-url/,
  ],
])('refuses %j and says why', (args, why) => {
  const error = refusal(() => read(...args));
  expect(error.code).toBe('usage');
  expect(error.message).toMatch(why);
  expect(`${error.message} ${error.help ?? ''}`).not.toContain('hunter2');
});

test.each([
  ['--provider', 'google'],
  ['--present', 'id'],
  ['--domain', 'x.example'],
  ['--audience', 'x'],
  ['--device-authorization-url', 'https://a.example/d'],
])('%s goes with no other way of entry', (option, value) => {
  for (const auth of [[], ['--auth', 'oauth'], ['--auth', 'none'], ['--auth', 'api-key']]) {
    const error = refusal(() => readContainerOptions([url, ...auth, option, value], context));
    expect(error).toMatchObject({ code: 'usage' });
    expect(error.message).toContain(`${option} goes with --auth identity`);
  }
});

test('whatever is typed gives an identity or a usage error', () => {
  const options = ['provider', 'present', 'domain', 'audience', 'client-id', 'grant', 'scope', 'token-url'];
  const option = fc.tuple(
    fc.constantFrom(...options.map((name) => `--${name}`)),
    fc.oneof(fc.string(), fc.constantFrom('google', 'auth0', 'github', issuer, 'id', 'device', '$&')),
  );
  fc.assert(
    fc.property(fc.array(option, { maxLength: 6 }), (given) => {
      try {
        expect(read(...given.flat())).toMatchObject({ method: 'identity' });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FairleadError);
        expect((thrown as FairleadError).code).toBe('usage');
      }
    }),
    { numRuns: 500 },
  );
});
