/** The certificate authorities of this machine, which Node itself does not look at. */
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import type { Logger } from '../../runtime/logger.ts';
import { causeName } from '../../runtime/logger.ts';

/** Where Debian, Red Hat, SUSE and Alpine keep theirs. The first that exists is used. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The PEM certificates in `text`, each without what surrounds it. */
export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN ?CERTIFICATE-----[^-]+-----END ?CERTIFICATE-----/g) ?? [];
}

/**
 * Every authority that Node, this machine and `NODE_EXTRA_CA_CERTS` trust, as PEM. What cannot be read is left out and
 * logged, as Node and OpenSSL do.
 */
export async function readTrustRoots(env: NodeJS.ProcessEnv, log: Logger | undefined): Promise<string[]> {
  const extra = env['NODE_EXTRA_CA_CERTS'];
  const texts = [
    systemStore() ?? (await readBundle(env['SSL_CERT_FILE'])),
    extra === undefined || extra === ''
      ? ''
      : await readFile(extra, 'utf8').catch((thrown: unknown) => {
          log?.warn('tls.extra_ca_unreadable', { cause: causeName(thrown) });
          return '';
        }),
  ];
  // Most of the system's authorities are Node's own as well, and each costs a quarter of a millisecond to load.
  const byContent = new Map<string, string>();
  for (const pem of [...tls.rootCertificates, ...texts.flatMap(certificatesIn)])
    byContent.set(pem.replace(/\s/g, ''), pem);
  return [...byContent.values()];
}

/** Node 22.15 and newer can ask the operating system, as macOS and Windows keep no bundle. */
function systemStore(): string | undefined {
  const read: unknown = Reflect.get(tls, 'getCACertificates');
  if (typeof read !== 'function') return undefined;
  const found: unknown = Reflect.apply(read, tls, ['system']);
  return Array.isArray(found) ? found.join('\n') : undefined;
}

async function readBundle(named: string | undefined): Promise<string> {
  const candidates = named === undefined || named === '' ? bundles : [named];
  for (const file of candidates) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return '';
}
