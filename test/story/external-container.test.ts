import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openContainer } from '../demo/container/running.ts';
import { startAuthorizationServer } from '../support/authorization-server.ts';
import { openProfile } from '../support/fairlead.ts';
import { deskClient } from '../support/identity.ts';
import { browserProgram } from '../support/sign-in-rig.ts';

test('a token of an outside identity provider tells the container the user and their tenant', async () => {
  const claims = { email: 'me@mycompany.com', email_verified: true };
  await using provider = await startAuthorizationServer({ clients: [deskClient], claims });
  const google = {
    client_id: deskClient.client_id,
    issuer: provider.issuer,
    jwks_url: `${provider.issuer}/jwks`,
  };
  const { url } = await openContainer((config) =>
    writeFile(config, JSON.stringify({ auth: { mode: 'external', providers: { google } } })),
  );
  await using profile = openProfile({ FAIRLEAD_BROWSER: browserProgram });
  const identity = ['--auth', 'identity', '--provider', provider.issuer, '--present', 'id'];
  const added = await profile.run(['add', 'notes', url, ...identity, '--client-id', deskClient.client_id]);
  expect(added).toMatchObject({ status: 0 });
  expect(await profile.run(['auth', 'notes'])).toMatchObject({ status: 0 });

  const client = profile.endpoint(['notes']);
  await client.open();
  expect(JSON.stringify(await client.call('whoami', {}))).toContain('The user google:me of mycompany.com.');
  await client.call('add_note', { text: 'Kept for the tenant' });
  expect(JSON.stringify(await client.call('list_notes', {}))).toContain('Kept for the tenant');
}, 60_000);
