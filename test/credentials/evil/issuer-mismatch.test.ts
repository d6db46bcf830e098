import { expect, test } from 'vitest';
import { goodServer } from '../discovery/site.ts';
import { oidc, prm, rfc8414, startEvilSite } from './evil-site.ts';

/** An authorization server passes for another one, to be given the codes that are for that one (mix-up). */

test.each([
  ['another host', () => 'https://EVIL.example.com'],
  ['another port', (issuer: string) => issuer.replace(/:\d+/, ':1')],
  ['another scheme', (issuer: string) => issuer.replace('http:', 'https:')],
  ['a path above', (issuer: string) => issuer.replace('/tenant1', '')],
  ['a path below', (issuer: string) => `${issuer}/EVIL`],
  ['a slash more', (issuer: string) => `${issuer}/`],
  ['another case', (issuer: string) => issuer.replace('tenant1', 'Tenant1')],
  ['a query', (issuer: string) => `${issuer}?EVIL`],
  ['a fragment', (issuer: string) => `${issuer}#EVIL`],
  ['a user', (issuer: string) => issuer.replace('//', '//EVIL@')],
  ['no URL', () => 'EVIL'],
  ['nothing', () => ''],
])('%s is another issuer', async (_, other) => {
  for (const place of [`${rfc8414}/tenant1`, `${oidc}/tenant1`, `/tenant1${oidc}`]) {
    const { refusal } = await startEvilSite((origin) => ({
      [prm]: { resource: `${origin}/mcp`, authorization_servers: [`${origin}/tenant1`] },
      [place]: { ...goodServer(`${origin}/tenant1`), issuer: other(`${origin}/tenant1`) },
    }));
    expect((await refusal()).code).toBe('discovery_refused');
  }
});

test('a mismatch in the first document is not mended by the next', async () => {
  const { refusal, site } = await startEvilSite((origin) => ({
    [prm]: { resource: `${origin}/mcp`, authorization_servers: [origin] },
    [rfc8414]: { ...goodServer(origin), issuer: 'https://EVIL.example.com' },
    [oidc]: goodServer(origin),
  }));
  expect((await refusal()).code).toBe('discovery_refused');
  expect(site.asked).not.toContain(`GET ${oidc}`);
});

test('metadata without an issuer is malformed', async () => {
  const { refusal } = await startEvilSite((origin) => ({
    [rfc8414]: { ...goodServer(origin), issuer: undefined },
  }));
  expect((await refusal()).code).toBe('discovery_refused');
});

test.each(['https://EVIL.example.com', 'http://127.0.0.1:1', 'http://localhost', 'EVIL', 'javascript:EVIL'])(
  'a container of 2025-03-26 is its own issuer, not %s',
  async (issuer) => {
    const { refusal } = await startEvilSite((origin) => ({ [rfc8414]: { ...goodServer(origin), issuer } }));
    expect((await refusal()).code).toBe('discovery_refused');
  },
);

test.each([
  'EVIL',
  'javascript:EVIL',
  'file:///EVIL',
  'https://EVIL@as.example.com',
  'http://as.example.com/EVIL',
])('the metadata names no issuer %s', async (issuer) => {
  const { refusal } = await startEvilSite((origin) => ({
    [prm]: { resource: `${origin}/mcp`, authorization_servers: [issuer] },
  }));
  expect((await refusal()).code).toBe('discovery_refused');
});
