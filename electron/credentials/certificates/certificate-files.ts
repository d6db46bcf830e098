/** The files that a person's own client certificate lies in, and what is wrong with those that are of no use. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Container } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import type { Secret } from '../../runtime/secret.ts';
import { createIdentity, type HeldIdentity } from './tls-identity.ts';

/** Absolute paths. */
export type CertificateFiles =
  | { readonly kind: 'pem'; readonly cert: string; readonly key: string }
  | { readonly kind: 'pkcs12'; readonly pkcs12: string };

/** @returns undefined where it brings none. The rules of what goes together are containers/draft.ts's. */
export function filesOf({ tls: { cert, key, pkcs12 } }: Container): CertificateFiles | undefined {
  if (pkcs12 !== undefined) return { kind: 'pkcs12', pkcs12 };
  return cert === undefined || key === undefined ? undefined : { kind: 'pem', cert, key };
}

/** Differs whenever one of them was written or replaced. Never throws. */
export async function stateOf(files: CertificateFiles): Promise<string> {
  const names = files.kind === 'pem' ? [files.cert, files.key] : [files.pkcs12];
  const states = names.map(async (name) => {
    const { ino, mtimeNs, size } = await stat(name, { bigint: true });
    return `${ino}:${mtimeNs}:${size}`;
  });
  return (await Promise.all(states.map((state) => state.catch(() => 'none')))).join();
}

/**
 * @param passphrase asked only where the key wants one
 * @throws FairleadError config_invalid, secret_missing, keychain errors
 */
export function readIdentity(
  files: CertificateFiles,
  passphrase: () => Promise<Secret | undefined>,
): Promise<HeldIdentity> {
  return files.kind === 'pem' ? readPem(files, passphrase) : readPkcs12(files.pkcs12, passphrase);
}

async function readPem(
  files: { readonly cert: string; readonly key: string },
  passphrase: () => Promise<Secret | undefined>,
): Promise<HeldIdentity> {
  const [cert, text] = await Promise.all([readFor('--cert', files.cert), readFor('--key', files.key)]);
  const certificate = certificateIn(cert.toString('utf8'), files.cert);
  const isLocked = /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text.toString('latin1'));
  const given = isLocked ? await passphrase() : undefined;
  if (isLocked && given === undefined) throw passphraseMissing(files.key);
  const key = openKey(text, given, files.key);
  if (!certificate.checkPrivateKey(key)) {
    throw unusable(
      'The key given with --key is not that of the certificate given with --cert.',
      'Give the two files that belong together.',
    );
  }
  return made(files.cert, () => createIdentity({ cert, key: key.export({ type: 'pkcs8', format: 'pem' }) }));
}

function certificateIn(pem: string, file: string): X509Certificate {
  if (!/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(pem)) {
    throw unusable(
      `The file given with --cert has no certificate in it: ${file}`,
      'It must be PEM, with a line "BEGIN CERTIFICATE". A .p12 or .pfx file goes with --pkcs12.',
    );
  }
  return made(file, () => new X509Certificate(pem));
}

function openKey(key: Buffer, passphrase: Secret | undefined, file: string): KeyObject {
  try {
    return createPrivateKey({ key, ...(passphrase && { passphrase: passphrase.reveal() }) });
  } catch (thrown) {
    if (passphrase !== undefined) throw passphraseWrong(file, thrown);
    throw unusable(
      `The file given with --key has no private key in it that can be used: ${file}`,
      'It must be PEM, with a line "BEGIN PRIVATE KEY" or the like.',
      thrown,
    );
  }
}

async function readPkcs12(
  file: string,
  passphrase: () => Promise<Secret | undefined>,
): Promise<HeldIdentity> {
  const pfx = await readFor('--pkcs12', file);
  try {
    return createIdentity({ pfx });
  } catch (thrown) {
    if (!wantsPassphrase(thrown)) throw pkcs12Unusable(file, thrown);
  }
  const given = await passphrase();
  if (given === undefined) throw passphraseMissing(file);
  try {
    return createIdentity({ pfx, passphrase: given.reveal() });
  } catch (thrown) {
    throw wantsPassphrase(thrown) ? passphraseWrong(file, thrown) : pkcs12Unusable(file, thrown);
  }
}

/** RFC 7292 §4: the integrity of the whole is checked by the passphrase. Node gives this no code of its own. */
function wantsPassphrase(thrown: unknown): boolean {
  return thrown instanceof Error && /mac verify failure/i.test(thrown.message);
}

function pkcs12Unusable(file: string, thrown: unknown): FairleadError {
  const said = thrown instanceof Error ? thrown.message : '';
  const has = (what: string) =>
    unusable(`There is no ${what} in the file given with --pkcs12: ${file}`, again, thrown);
  if (/unable to load certificate/i.test(said)) return has('certificate');
  if (/unable to load private key/i.test(said)) return has('private key');
  if (/unsupported/i.test(said)) {
    return unusable(
      `The file given with --pkcs12 is encrypted in a way that is not taken any more: ${file}`,
      'Write it anew with today’s encryption: `openssl pkcs12 -legacy -in old.p12 -out all.pem`, then `openssl pkcs12 -export -in all.pem -out new.p12`. Delete all.pem then.',
      thrown,
    );
  }
  return unusable(`The file given with --pkcs12 is not PKCS#12: ${file}`, again, thrown);
}

const again = 'Export certificate and key together, as .p12 or .pfx. PEM files go with --cert and --key.';

async function readFor(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (thrown) {
    throw unusable(
      `The file given with ${option} cannot be read: ${file}`,
      'Check that it exists and that you may read it.',
      thrown,
    );
  }
}

function made<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    throw unusable(
      `The certificate in ${file} cannot be used.`,
      'It must be PEM, as its issuer wrote it.',
      thrown,
    );
  }
}

function passphraseMissing(file: string): FairleadError {
  return new FairleadError(
    'secret_missing',
    `The key in ${file} is encrypted, and there is no passphrase for it.`,
    {
      help: 'Give it with --passphrase-env <VARIABLE> or --passphrase-stdin; for a configured container, remove it and add it again with that.',
    },
  );
}

function passphraseWrong(file: string, cause: unknown): FairleadError {
  return unusable(
    `The passphrase does not open the key in ${file}.`,
    'Give the right one with --passphrase-env <VARIABLE> or --passphrase-stdin; a configured container is removed and added again for that.',
    cause,
  );
}

function unusable(message: string, help: string, cause?: unknown): FairleadError {
  return new FairleadError('config_invalid', message, { help, cause });
}
