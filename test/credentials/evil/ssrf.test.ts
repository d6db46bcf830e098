import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerClient } from '../../../electron/credentials/discovery/registration.ts';
import { failureOf, startTcpServer } from '../../support/web-server.ts';
import {
  challengeOf,
  discoverer,
  goodServer,
  oauthContainer,
  startSite,
  type Routes,
} from '../discovery/site.ts';
import { closedPlaces, issuer, mcp, startPublicWorld, type PublicWorld } from './public-world.ts';

/** A server sends us to addresses that it cannot reach itself: this machine, the network around it, cloud metadata. */

const prm = '/.well-known/oauth-protected-resource/mcp';
const rfc8414 = '/.well-known/oauth-authorization-server';

const sites: Record<string, Routes> = {};
let world: PublicWorld;
beforeEach(async () => {
  sites[mcp] = { [prm]: { resource: `${mcp}/mcp`, authorization_servers: [issuer] } };
  sites[issuer] = { [rfc8414]: goodServer(issuer) };
  world = await startPublicWorld(sites);
});
afterEach(() => world[Symbol.asyncDispose]());

/** Neither refused-and-dialled nor dialled through the proxy. */
function expectNobodyDialled() {
  expect(world.victim.connections()).toBe(0);
  expect(world.tunnels.filter((each) => !/^(mcp|as)\.example\.com:443$/.test(each))).toEqual([]);
}
const codeOf = async (work: Promise<unknown>) => ((await failureOf(work)) as { code: string }).code;
const refusals = /^(address_refused|discovery_refused)$/;

test('the honest world works', async () => {
  const { server } = await world.discover(world.container());
  expect(server).toEqual(goodServer(issuer));
  expect(world.asked).toEqual([`mcp.example.com GET ${prm}`, `as.example.com GET ${rfc8414}`]);
});

test('by resource_metadata of the challenge', async () => {
  for (const place of closedPlaces(world.victim.port)) {
    const challenge = challengeOf({ resourceMetadata: `${place}/metadata` });
    expect([place, await codeOf(world.discover(world.container(), challenge))]).toEqual([
      place,
      expect.stringMatching(refusals),
    ]);
  }
  expectNobodyDialled();
});

test('by the authorization server that the metadata names', async () => {
  for (const place of closedPlaces(world.victim.port)) {
    sites[mcp] = { [prm]: { resource: `${mcp}/mcp`, authorization_servers: [place] } };
    expect([place, await codeOf(world.discover(world.container()))]).toEqual([
      place,
      expect.stringMatching(refusals),
    ]);
  }
  expectNobodyDialled();
});

test.each([
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
])('by the %s of the authorization server', async (name) => {
  for (const place of closedPlaces(world.victim.port)) {
    sites[issuer] = { [rfc8414]: goodServer(issuer, { [name]: `${place}/endpoint` }) };
    const container = world.container();
    // Refused while reading, or else when the endpoint is used, as openid-client would do it.
    const use = async () => {
      const { server } = await world.discover(container, undefined, true);
      await world.fetchFor(container)(server[name] as string, {
        method: 'POST',
        body: new URLSearchParams(),
      });
    };
    expect([place, await codeOf(use())]).toEqual([place, expect.stringMatching(refusals)]);
  }
  expectNobodyDialled();
});

test('by registration, with everything that a registration tells', async () => {
  sites[issuer] = {
    [rfc8414]: goodServer(issuer, {
      registration_endpoint: `https://loopback.example.com:${world.victim.port}/`,
    }),
  };
  const container = world.container();
  const { server } = await world.discover(container);
  const registering = registerClient({
    server,
    fetch: world.fetchFor(container),
    configured: undefined,
    metadataDocument: undefined,
    redirectUri: 'http://127.0.0.1:1/callback',
  });
  expect(await codeOf(registering)).toBe('address_refused');
  expectNobodyDialled();
});

test('directly, without a proxy, to a listener that would have heard of it', async () => {
  const victim = await startTcpServer((socket) => socket.end());
  const direct = discoverer({
    resolve: (host) =>
      Promise.resolve([{ address: host === 'mcp.example.com' ? '93.184.215.14' : '127.0.0.1', family: 4 }]),
  });
  try {
    const fetch = direct.fetchFor(oauthContainer(`${mcp}/mcp`));
    for (const place of [...closedPlaces(victim.port), `https://evil.example.com:${victim.port}`])
      for (const method of ['GET', 'POST'])
        expect([place, await codeOf(fetch(place, { method }))]).toEqual([
          place,
          expect.stringMatching(refusals),
        ]);
    expect(victim.connections()).toBe(0);
  } finally {
    await direct[Symbol.asyncDispose]();
    await victim[Symbol.asyncDispose]();
  }
});

test('by a configured server of this machine, to what is closed to everybody', async () => {
  const site = await startSite();
  const local = discoverer();
  try {
    const fetch = local.fetchFor(oauthContainer(site.url));
    for (const host of ['169.254.169.254', '[fe80::1]', '[fd00:ec2::254]', '0.0.0.0', '[::]', '224.0.0.1'])
      expect(await codeOf(fetch(`https://${host}/`, {}))).toMatch(refusals);
    expect(await codeOf(fetch('http://10.0.0.1/', {}))).toBe('discovery_refused');
  } finally {
    await local[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  }
});

test('the refusal says nothing of the address', async () => {
  const challenge = challengeOf({ resourceMetadata: 'https://private.example.com/EVIL' });
  const failure = (await failureOf(world.discover(world.container(), challenge))) as Error & { help: string };
  expect(failure.message + failure.help).not.toMatch(/EVIL|private\.example/);
});

test('the listener that stands for the victim does notice a connection', async () => {
  const socket = connect(world.victim.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('close', resolve));
  expect(world.victim.connections()).toBe(1);
});
