/** The platform's own small certificate authority: for its gateway, its hosted containers, and its users' programs. */
// The library's own needs it to be there first.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { createPublicKey, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { Database } from '../../database/database.ts';
import { keptSecret } from '../database/secrets.ts';

export interface Authority {
  /** PEM, from the one that signs up to the root. */
  readonly chain: string;
  /** @returns PEM. Throws BadRequest where the request is none, or not signed with the key it names. */
  sign(csr: string, to: Certified): Promise<{ certificate: string; notAfter: Date }>;
  /** A certificate and the key that was made for it, both PEM. */
  issue(to: Certified): Promise<{ certificate: string; key: string; notAfter: Date }>;
}

/** What a certificate says. All of it is the platform's word. */
export interface Certified {
  readonly commonName: string;
  readonly uri: readonly string[];
  /** Of a server. */
  readonly hosts?: readonly string[];
  readonly use: 'client' | 'server';
  readonly hours: number;
}

export class BadRequest extends Error {}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMs = 60 * 60_000;
const rootHours = 10 * 365 * 24;
/** Clocks differ: what was made just now is valid on one that goes behind, too. */
const backdatedMs = 5 * 60_000;
const usages = { client: x509.ExtendedKeyUsage.clientAuth, server: x509.ExtendedKeyUsage.serverAuth };

export async function openAuthority(database: Database): Promise<Authority> {
  const kept = await keptSecret(database, 'authority', makeRoot);
  const { certificate, key } = JSON.parse(kept) as { certificate: string; key: string };
  const root = new x509.X509Certificate(certificate);
  const signingKey = await crypto.subtle.importKey('pkcs8', Buffer.from(key, 'base64'), ecdsa, false, [
    'sign',
  ]);

  const certify = async (publicKey: x509.PublicKey | webcrypto.CryptoKey, to: Certified) => {
    const now = Date.now();
    const notAfter = new Date(now + to.hours * hourMs);
    const made = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: subjectOf(to.commonName),
      issuer: root.subject,
      notBefore: new Date(now - backdatedMs),
      notAfter,
      publicKey,
      signingKey,
      signingAlgorithm: ecdsa,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usages[to.use]]),
        new x509.SubjectAlternativeNameExtension([
          ...to.uri.map((value) => ({ type: 'url', value }) as const),
          ...(to.hosts ?? []).map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(root),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
      ],
    });
    return { certificate: made.toString('pem'), notAfter };
  };

  return {
    chain: certificate,
    async sign(csr, to) {
      return certify(await requestedKey(csr), to);
    },
    async issue(to) {
      const pair = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
      const pkcs8 = await crypto.subtle.exportKey('pkcs8', pair.privateKey);
      return {
        ...(await certify(pair.publicKey, to)),
        key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
      };
    },
  };
}

/** The one thing that is taken from a request, once its signature shows that the sender has the private half. */
async function requestedKey(csr: string): Promise<x509.PublicKey> {
  let request: x509.Pkcs10CertificateRequest;
  let isSigned: boolean;
  try {
    request = new x509.Pkcs10CertificateRequest(csr);
    isSigned = await request.verify();
  } catch (cause) {
    throw new BadRequest('not a certificate request', { cause });
  }
  if (!isSigned) throw new BadRequest('not signed with its own key');
  if (!isStrong(request.publicKey)) throw new BadRequest('a key of a kind that is not taken');
  return request.publicKey;
}

function isStrong({ rawData }: x509.PublicKey): boolean {
  const key = createPublicKey({ key: Buffer.from(rawData), format: 'der', type: 'spki' });
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ec':
      return ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve);
    case 'rsa':
      return modulusLength >= 2_048 && modulusLength <= 8_192;
    default:
      return key.asymmetricKeyType === 'ed25519';
  }
}

async function makeRoot(): Promise<string> {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: subjectOf('Platform authority'),
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(now + rootHours * hourMs),
    keys,
    signingAlgorithm: ecdsa,
    extensions: [
      // It signs no further authority.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return JSON.stringify({
    certificate: certificate.toString('pem'),
    key: Buffer.from(pkcs8).toString('base64'),
  });
}

/** As a structure, not as text: a name cannot add to it what it was not given. */
function subjectOf(commonName: string): x509.JsonName {
  return [{ CN: [commonName] }];
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets; CA/B forum: 64 bits of chance. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
