/** A container in mode `external`: tokens of outside identity providers, by `fairlead add … --auth identity`. */
import { writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { gitHubApp } from '../../demo/github-double.ts';
import { openContainer } from '../demo/container/running.ts';
import { startAuthorizationServer } from '../support/authorization-server.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { startGitHubDouble } from '../support/github-double.ts';
import { deskClient } from '../support/identity.ts';
import type { LineClient } from '../support/line-client.ts';
import { browserProgram } from '../support/sign-in-rig.ts';

const api = 'https://notes.example.com';

/** All that Google has for this: an ID token, and the keys to check it by. */
async function startGoogle() {
  const claims = { email: 'ada@mycompany.com', email_verified: true };
  const { issuer, ...server } = await startAuthorizationServer({ clients: [deskClient], claims });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return {
    settings: { client_id: deskClient.client_id, issuer, jwks_url: `${issuer}/jwks` },
    options: ['--provider', issuer, '--present', 'id', '--client-id', deskClient.client_id],
  };
}

/** An access token for an API, which is a JWT, and keys where Auth0 has them. */
async function startAuth0() {
  const claims = { email: 'bob@other.org', email_verified: true };
  const clients = [{ ...deskClient, scope: `${deskClient.scope} mcp:tools` }];
  const server = await startAuthorizationServer({ clients, claims, api });
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.intercept = (request) => {
    if (request.url === '/.well-known/jwks.json') request.url = '/jwks';
    return false;
  };
  const { issuer } = server;
  return {
    settings: { domain: new URL(issuer).host, audience: api, issuer },
    options: [
      ...['--provider', issuer, '--present', 'access', '--client-id', deskClient.client_id],
      ...['--scope', 'openid mcp:tools'],
    ],
  };
}

async function startGitHub() {
  vi.stubEnv('TEST_GITHUB_SECRET', gitHubApp.secret);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { origin } = await startGitHubDouble();
  const at = [
    ...['--authorization-url', `${origin}/login/oauth/authorize`],
    ...['--token-url', `${origin}/login/oauth/access_token`],
  ];
  return {
    settings: { api_url: origin, client_id: gitHubApp.id, client_secret_env: 'TEST_GITHUB_SECRET' },
    options: [
      '--provider',
      'github',
      '--grant',
      'code',
      '--client-id',
      gitHubApp.id,
      '--secret-stdin',
      ...at,
    ],
    secret: gitHubApp.secret,
  };
}

/** Adds the container as the person that this provider knows, and signs in. */
async function enterAs(
  profile: Profile,
  { name, url }: { name: string; url: string },
  { options, secret = '' }: { options: readonly string[]; secret?: string },
): Promise<LineClient> {
  const add = ['add', name, url, '--account', name, '--auth', 'identity', ...options];
  expect(await profile.run(add, { stdin: secret })).toMatchObject({ status: 0 });
  expect(await profile.run(['auth', name])).toMatchObject({ status: 0 });
  const client = profile.endpoint([name]);
  await client.open();
  return client;
}

test(
  'tokens of Google, Auth0 and GitHub tell a container the user and their tenant, and tenants see nothing of each other',
  { timeout: 120_000 },
  async () => {
    const [google, auth0, github] = await Promise.all([startGoogle(), startAuth0(), startGitHub()]);
    const providers = { google: google.settings, auth0: auth0.settings, github: github.settings };
    const { url } = await openContainer((config) =>
      writeFile(config, JSON.stringify({ auth: { mode: 'external', providers } })),
    );
    await using profile = openProfile({ FAIRLEAD_BROWSER: browserProgram });
    const ada = await enterAs(profile, { name: 'ada', url }, google);
    const bob = await enterAs(profile, { name: 'bob', url }, auth0);
    const mona = await enterAs(profile, { name: 'mona', url }, github);
    const said = async (client: LineClient, tool: string) => JSON.stringify(await client.call(tool));
    expect(await said(ada, 'whoami')).toContain('The user google:me of mycompany.com.');
    expect(await said(bob, 'whoami')).toContain('The user auth0:me of other.org.');
    // Of Ada's tenant, and yet somebody else.
    expect(await said(mona, 'whoami')).toContain('The user github:583231 of mycompany.com.');

    const people = { ada, bob, mona };
    for (const [name, client] of Object.entries(people))
      expect((await client.call('add_note', { title: `Of ${name}`, text: name })).error).toBeUndefined();
    for (const [name, client] of Object.entries(people)) {
      const list = await said(client, 'list_notes');
      const seen = Object.keys(people).filter((each) => list.includes(`Of ${each}`));
      expect(seen).toEqual([name]);
    }
  },
);
