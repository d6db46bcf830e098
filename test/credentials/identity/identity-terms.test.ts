import { expect, test } from 'vitest';
import { signInTerms } from '../../../electron/credentials/discovery/sign-in-terms.ts';
import { container } from '../../../shared/container.ts';

const terms = (auth: Record<string, unknown>, url = 'https://notes.example/mcp') =>
  signInTerms(
    container.parse({ name: 'notes', url, auth: { method: 'identity', clientId: 'desk', ...auth } }),
  );

test('Auth0 is found by its domain, and told the audience', () => {
  const auth0 = terms({ provider: 'auth0', domain: 'acme.eu.auth0.com', audience: 'https://notes.example' });
  expect(auth0.issuer).toBe('https://acme.eu.auth0.com/');
  expect(auth0.identity).toMatchObject({
    presents: 'access',
    parameters: { audience: 'https://notes.example' },
  });
  expect(auth0.explicit).toBeUndefined();
});

test('GitHub is known without metadata, and another place of it has nothing of github.com', () => {
  expect(terms({ provider: 'github' }).explicit).toMatchObject({
    token_endpoint: 'https://github.com/login/oauth/access_token',
  });
  const enterprise = terms({
    provider: 'github',
    grant: 'device',
    deviceAuthorizationUrl: 'https://ghe.example/login/device/code',
    tokenUrl: 'https://ghe.example/login/oauth/access_token',
  });
  expect(enterprise.explicit).toEqual({
    issuer: 'https://ghe.example',
    token_endpoint: 'https://ghe.example/login/oauth/access_token',
    device_authorization_endpoint: 'https://ghe.example/login/device/code',
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  });
});

test('a container on this machine opens nothing of it to the provider’s word', () => {
  const google = terms({ provider: 'google' }, 'http://127.0.0.1:3000/mcp');
  expect(google.configured.map(({ href }) => href)).toEqual(['https://accounts.google.com/']);
});

test('an issuer keeps its name to the letter', () => {
  for (const provider of ['https://login.example', 'https://login.example/$&/{domain}']) {
    expect(terms({ provider }).issuer).toBe(provider);
  }
});

test('a provider that cannot be reached safely is refused before anything is', () => {
  for (const provider of ['http://login.example', 'https://me:hunter2@login.example']) {
    expect(() => terms({ provider })).toThrow(/--provider/);
  }
  expect(() => terms({ provider: 'auth0' })).toThrow(/--provider/);
});
