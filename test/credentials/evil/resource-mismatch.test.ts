import { expect, test } from 'vitest';
import { challengeOf, goodServer, oauthContainer } from '../discovery/site.ts';
import { failureOf } from '../../support/web-server.ts';
import { prm, rfc8414, startEvilSite } from './evil-site.ts';

/** A server shows the metadata of another resource, to be given tokens that are good for that one (RFC 9728 §7.3). */

const others: [string, (origin: string) => string][] = [
  ['another host', () => 'https://EVIL.example.com/mcp'],
  ['another port', (origin) => origin.replace(/:\d+$/, ':1/mcp')],
  ['another scheme', (origin) => origin.replace('http:', 'https:') + '/mcp'],
  ['a path beside', (origin) => `${origin}/EVIL`],
  ['a path below', (origin) => `${origin}/mcp/EVIL`],
  ['half a path', (origin) => `${origin}/mc`],
  ['a fragment', (origin) => `${origin}/mcp#EVIL`],
  ['a user', (origin) => origin.replace('//', '//EVIL@') + '/mcp'],
  ['no URL', () => 'EVIL'],
  ['a newline', (origin) => `${origin}/mcp\nEVIL`],
];

test.each(others)('%s is another resource', async (_, other) => {
  const { refusal, site, discover } = await startEvilSite((origin) => {
    const metadata = { resource: other(origin), authorization_servers: [origin] };
    return { [prm]: metadata, '/named': metadata, [rfc8414]: goodServer(origin) };
  });
  expect((await refusal()).code).toBe('discovery_refused');
  const challenge = challengeOf({ resourceMetadata: `${site.origin}/named` });
  expect(await failureOf(discover(oauthContainer(site.url), challenge))).toMatchObject({
    code: 'discovery_refused',
  });
  // No issuer was asked for anything.
  expect(site.asked).toEqual([`GET ${prm}`, 'GET /named']);
});

test('metadata without a resource is malformed', async () => {
  const { refusal } = await startEvilSite((origin) => ({ [prm]: { authorization_servers: [origin] } }));
  expect((await refusal()).code).toBe('discovery_refused');
});
