import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { issuedCertificate } from '../../../../shared/platform-api.ts';
import { openCaller } from '../calling.ts';
import { maya, notes } from '../running.ts';

/** A key, and a request for it that claims to be somebody. */
function request(...kind: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'csr-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync(
    'openssl',
    [
      ...['req', '-new', '-nodes', '-newkey', ...kind, '-keyout', 'a.key', '-out', 'a.csr'],
      ...['-subj', '/CN=user_noor', '-addext', 'subjectAltName=URI:urn:fairlead:platform'],
      ...['-addext', 'basicConstraints=CA:TRUE'],
    ],
    { cwd: folder, stdio: 'pipe' },
  );
  return readFileSync(join(folder, 'a.csr'), 'utf8');
}
const ec = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

async function openContainer() {
  const caller = await openCaller();
  const { body } = await caller.call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  const id = String(body['id']);
  return { ...caller, id, path: `/containers/${id}/certificates` };
}

test('a request is answered with a certificate of 24 hours that says what the platform knows', async () => {
  const { call, path, id } = await openContainer();
  for (const kind of [ec, ['rsa:2048'], ['ed25519']]) {
    const answer = await call('POST', path, { csr: request(...kind) });
    expect(answer.status).toBe(201);
    const issued = issuedCertificate.parse(answer.body);
    const [own, authority] = [issued.certificate, issued.ca_chain].map((pem) => new X509Certificate(pem));
    expect(own?.subject).toBe(`CN=${maya.id}`);
    expect(own?.subjectAltName).toBe(`URI:urn:fairlead:user:${maya.id}, URI:urn:fairlead:client-of:${id}`);
    expect(own?.ca).toBe(false);
    expect(own?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(own?.checkIssued(authority!)).toBe(true);
    expect(own?.verify(authority!.publicKey)).toBe(true);
    const hours = (Date.parse(issued.not_after) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
    expect(Math.abs(Date.parse(own!.validTo) - Date.parse(issued.not_after))).toBeLessThan(1_000);
  }
});

test('what is no request, is not signed with its own key, or has a weak one is refused', async () => {
  const { call, path } = await openContainer();
  const [good, other] = [request(...ec), request(...ec)].map((pem) =>
    Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'),
  ) as [Buffer, Buffer];
  // Another key than the one that signed: two requests of one form differ in the key and the signature alone.
  const point = (of: Buffer) => of.indexOf(Buffer.from('03420004', 'hex')) + 4;
  const mixed = Buffer.from(good);
  other.copy(mixed, point(good), point(other), point(other) + 64);
  const pem = (der: Buffer) =>
    `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  for (const csr of ['', 'nonsense', pem(mixed), pem(good.subarray(0, -9)), request('rsa:1024')]) {
    const answer = await call('POST', path, { csr });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/csr' }] } });
  }
  expect((await call('POST', path, { csr: pem(good) })).status).toBe(201);
  expect((await call('POST', path, { csr: pem(good), subject: 'CN=me' })).status).toBe(422);
});
