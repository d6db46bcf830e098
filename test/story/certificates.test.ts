import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { certificateRequestFor } from '../../electron/credentials/certificates/certificate-request.ts';
import { openContainer, temporaryFolder } from '../demo/container/running.ts';
import { openCaller } from '../demo/platform/calling.ts';
import { maya, noor, openPlatform } from '../demo/platform/running.ts';
import { plantCanary } from '../support/canary.ts';
import { openProfile } from '../support/fairlead.ts';
import { startKeyring } from '../support/keyring.ts';
import { createTlsAuthority, type TlsAuthority } from '../support/tls-authority.ts';
import { openMayas } from '../support/mayas.ts';

function createAuthority(): TlsAuthority {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  return authority;
}

/** Maya's account, and servers that are registered there and take the platform's certificates. */
async function openAccount(authority: TlsAuthority) {
  const platform = await openPlatform();
  const { call } = await openCaller(platform);
  const folder = await temporaryFolder();
  const ask = async (method: string, path: string, body: object) => {
    const answer = await call(method, path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  };
  return {
    platform,
    async openServer(name: string, userId: string) {
      const endpoint = `https://${name}.example.com/mcp`;
      const { id } = await ask('POST', '/containers', {
        name,
        mcp_endpoint: endpoint,
        auth_method: 'mtls',
      });
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { ca_chain: chain } = await ask('POST', `/containers/${String(id)}/certificates`, {
        csr: certificateRequestFor(privateKey),
      });
      const caFile = join(folder, 'platform-ca.pem');
      writeFileSync(caFile, String(chain));
      const { certFile, keyFile } = authority.issue();
      const auth = {
        ...{ mode: 'certificate', platform_ca: caFile, certificate: certFile, key: keyFile },
        ...{ container_id: id, expected_user_id: userId },
      };
      const { url } = await openContainer((config) => {
        writeFileSync(config, JSON.stringify({ auth }));
        return Promise.resolve();
      });
      await ask('PATCH', `/containers/${String(id)}`, { mcp_endpoint: url });
    },
  };
}

test(
  'after one sign-in a server that takes the platform’s certificates is entered, and another user’s is not',
  { timeout: 100_000 },
  async () => {
    const authority = createAuthority();
    const account = await openAccount(authority);
    const { platform } = account;
    await account.openServer('notes', maya.id);
    await account.openServer('others', noor.id);
    await using profile = openMayas({
      NODE_EXTRA_CA_CERTS: authority.caFile,
    });
    const canary = plantCanary('PRIVATE KEY', profile.home);
    expect(await profile.run(['login', '--platform', platform.issuer])).toMatchObject({ status: 0 });

    const listed = await profile.run(['list']);
    expect(listed.stdout).toContain('notes');
    const client = profile.endpoint(['notes']);
    await client.open();
    await client.call('add_note', { title: 'Kept', text: 'here' });
    expect(JSON.stringify(await client.call('whoami'))).toContain(maya.id);
    const doctor = await profile.run(['doctor', 'notes']);
    expect(doctor).toMatchObject({ status: 0 });
    expect(doctor.stdout).toMatch(/Shows the client certificate CN=user_maya, until 20\d\d-/);

    const refused = await profile.run(['call', 'others', 'list_notes', '--json']);
    expect(refused.status).not.toBe(0);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'forbidden' } });
    canary.hear('answers', JSON.stringify([listed, doctor, refused, client.strays, client.stderr()]));

    expect(await profile.run(['logout'])).toMatchObject({ status: 0 });
    expect((await profile.run(['call', 'notes', 'list_notes'])).status).not.toBe(0);
    expect(canary.sightings()).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'the key is in the real keychain, and a core that starts while the platform is down goes on with it',
  { timeout: 100_000 },
  async () => {
    await using keyring = await startKeyring();
    const authority = createAuthority();
    const account = await openAccount(authority);
    await account.openServer('notes', maya.id);
    await using profile = openMayas({
      ...keyring.env,
      FAIRLEAD_VAULT: 'keychain',
      NODE_EXTRA_CA_CERTS: authority.caFile,
    });
    const canary = plantCanary('PRIVATE KEY', profile.home);
    expect(await profile.run(['login', '--platform', account.platform.issuer])).toMatchObject({ status: 0 });
    expect(await profile.run(['call', 'notes', 'list_notes'])).toMatchObject({ status: 0 });
    expect(await profile.run(['stop'])).toMatchObject({ status: 0 });
    await account.platform.close();
    expect(await profile.run(['call', 'notes', 'list_notes'])).toMatchObject({ status: 0 });
    expect(canary.sightings()).toEqual([]);
  },
);

test(
  'a certificate that the person brings in PKCS#12 is shown, and its passphrase is nowhere to be found',
  { timeout: 100_000 },
  async () => {
    const passphrase = 'pp-canary-41f0c2/+?9';
    const authority = createAuthority();
    const { certFile, keyFile } = authority.issue();
    const auth = {
      ...{ mode: 'certificate', platform_ca: authority.caFile, certificate: certFile, key: keyFile },
      ...{ container_id: 'container_notes', expected_user_id: maya.id },
    };
    const { url } = await openContainer((config) => {
      writeFileSync(config, JSON.stringify({ auth }));
      return Promise.resolve();
    });
    const own = authority.issue({
      names: `URI:urn:fairlead:user:${maya.id},URI:urn:fairlead:client-of:container_notes`,
      use: 'clientAuth',
    });
    const pkcs12 = authority.pkcs12(own, passphrase);
    await using profile = openProfile();
    const canary = plantCanary(passphrase, profile.home);
    const options = [url, '--ca', authority.caFile, '--auth', 'none', '--pkcs12', pkcs12];

    const wrong = await profile.run(['add', 'wrong', ...options, '--passphrase-stdin', '--no-probe'], {
      stdin: 'not it',
    });
    expect(wrong).toMatchObject({ status: 0 });
    const called = await profile.run(['call', 'wrong', 'whoami']);
    expect(called).toMatchObject({ status: 1 });
    expect(called.stderr).toContain('The passphrase does not open the key');

    const added = await profile.run(['add', 'notes', ...options, '--passphrase-stdin'], {
      stdin: `${passphrase}\n`,
    });
    expect(added).toMatchObject({ status: 0 });
    expect(added.stdout).toContain('An MCP server over Streamable HTTP.');
    const byName = profile.endpoint(['notes']);
    await byName.open();
    expect(JSON.stringify(await byName.call('whoami'))).toContain(maya.id);
    const doctor = await profile.run(['doctor', 'notes']);
    expect(doctor.stdout).toContain('Shows the client certificate CN=Fairlead test, until 20');
    expect((await profile.run(['stdio', url, '--passphrase', passphrase.slice(0, 3)])).status).toBe(2);
    canary.hear('answers', JSON.stringify([wrong, called, added, doctor, byName.strays, byName.stderr()]));
    expect(await profile.run(['remove', 'notes'])).toMatchObject({ status: 0 });
    for (const command of [['status'], ['logs'], ['audit']])
      canary.hear(command.join(' '), JSON.stringify(await profile.run([...command, '--json'])));
    expect(canary.sightings()).toEqual([]);

    const byUrl = profile.endpoint([...options, '--passphrase-env', 'OPENER'], { OPENER: passphrase });
    await byUrl.open();
    expect(JSON.stringify(await byUrl.call('whoami'))).toContain(maya.id);
  },
);
