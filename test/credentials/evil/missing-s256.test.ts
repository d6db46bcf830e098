import { expect, test } from 'vitest';
import { goodServer, oauthContainer, type Routes } from '../discovery/site.ts';
import { oidc, prm, rfc8414, startEvilSite } from './evil-site.ts';

/** An issuer that does not check PKCE would let whoever steals a code use it. */

const lacking: Routes[] = [
  { code_challenge_methods_supported: undefined },
  { code_challenge_methods_supported: [] },
  { code_challenge_methods_supported: ['plain'] },
  { code_challenge_methods_supported: ['s256'] },
];

test.each(lacking)('refuses %j before a browser could open, and says what to do', async (more) => {
  for (const place of [rfc8414, oidc]) {
    const { refusal } = await startEvilSite((origin) => ({
      [prm]: { resource: `${origin}/mcp`, authorization_servers: [origin] },
      [place]: goodServer(origin, more),
    }));
    expect(await refusal()).toMatchObject({
      code: 'discovery_refused',
      help: expect.stringContaining('--assume-s256') as string,
    });
  }
});

test('refuses it in the metadata of a container of 2025-03-26, too', async () => {
  const { refusal } = await startEvilSite((origin) => ({
    [rfc8414]: goodServer(origin, { code_challenge_methods_supported: undefined }),
  }));
  expect((await refusal()).code).toBe('discovery_refused');
});

test('malformed words about PKCE are refused whatever was assumed', async () => {
  const { refusal } = await startEvilSite((origin) => ({
    [rfc8414]: goodServer(origin, { code_challenge_methods_supported: 'S256' }),
  }));
  expect((await refusal({ assumeS256: true })).code).toBe('discovery_refused');
});

test('the person can say for one container that its issuer checks it', async () => {
  const { discover, refusal, site } = await startEvilSite((origin) => ({
    [rfc8414]: goodServer(origin, { code_challenge_methods_supported: undefined }),
  }));
  const found = await discover(oauthContainer(site.url, { assumeS256: true }));
  expect(found.source).toBe('metadata');
  expect((await refusal()).code).toBe('discovery_refused');
});
