import { expect, onTestFinished, test } from 'vitest';
import { registerClient } from '../../../electron/credentials/discovery/registration.ts';
import { failureOf } from '../../support/web-server.ts';
import { challengeOf, goodServer, oauthContainer, startSite, status } from '../discovery/site.ts';
import { prm, rfc8414, startEvilSite } from './evil-site.ts';

/** A server answers with a redirect, to have a secret or a request sent on to somebody else. */

const codes = [301, 302, 303, 307, 308];

async function bystander() {
  const site = await startSite();
  onTestFinished(() => site[Symbol.asyncDispose]());
  return site;
}

test.each(codes)('metadata: %i is followed nowhere', async (code) => {
  const victim = await bystander();
  const away = status(code, { location: `${victim.origin}/metadata` });
  const { site, discover } = await startEvilSite(() => ({ '/named': away, [prm]: away, [rfc8414]: away }));
  const found = await discover(
    oauthContainer(site.url),
    challengeOf({ resourceMetadata: `${site.origin}/named` }),
  );
  expect(found.source).toBe('defaults');
  expect(victim.connections()).toBe(0);
});

test('metadata of an issuer that redirects is no metadata', async () => {
  const victim = await bystander();
  const { refusal } = await startEvilSite((origin) => ({
    [prm]: { resource: `${origin}/mcp`, authorization_servers: [`${origin}/as`] },
    [`${rfc8414}/as`]: status(302, { location: `${victim.origin}/metadata` }),
  }));
  expect((await refusal()).code).toBe('discovery_failed');
  expect(victim.connections()).toBe(0);
});

test.each(codes)('a form with a code in it: %i is refused', async (code) => {
  const victim = await bystander();
  const { site, fetchFor } = await startEvilSite(() => ({
    '/token': status(code, { location: `${victim.origin}/token` }),
  }));
  const sending = fetchFor(oauthContainer(site.url))(`${site.origin}/token`, {
    method: 'POST',
    body: new URLSearchParams({ code: 'secret' }),
  });
  expect(await failureOf(sending)).toMatchObject({ code: 'discovery_refused' });
  expect(victim.connections()).toBe(0);
});

test('a registration is sent on to nobody', async () => {
  const victim = await bystander();
  const { site, fetchFor } = await startEvilSite(() => ({
    '/register': status(307, { location: `${victim.origin}/register` }),
  }));
  const registering = registerClient({
    server: { ...goodServer(site.origin), issuer: site.origin },
    fetch: fetchFor(oauthContainer(site.url)),
    configured: undefined,
    metadataDocument: undefined,
    redirectUri: 'http://127.0.0.1:1/callback',
  });
  expect(await failureOf(registering)).toMatchObject({ code: 'discovery_refused' });
  expect(victim.connections()).toBe(0);
});
