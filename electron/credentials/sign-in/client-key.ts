/** The private key that a machine proves itself with (RFC 7523), from its file. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CryptoKey } from 'openid-client';
import { FairleadError } from '../../../shared/errors.ts';

type Algorithm = Parameters<typeof globalThis.crypto.subtle.importKey>[2];

/**
 * @param file absolute: PEM (PKCS #8, PKCS #1, SEC 1) or one JWK
 * @param accepted the JWS algorithms that the issuer names
 * @throws FairleadError config_invalid
 */
export async function readClientKey(file: string, accepted: readonly string[] = []): Promise<CryptoKey> {
  try {
    const text = await readFile(file, 'utf8');
    const key = text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text) as Record<string, string>, format: 'jwk' })
      : createPrivateKey(text);
    const bytes = key.export({ type: 'pkcs8', format: 'der' });
    return await globalThis.crypto.subtle.importKey('pkcs8', bytes, algorithmOf(key, accepted), false, [
      'sign',
    ]);
  } catch (cause) {
    throw new FairleadError('config_invalid', 'The private key of this container cannot be used.', {
      help: 'Give --private-key a PEM file that is readable, without a passphrase, and EC, RSA or Ed25519.',
      cause,
    });
  }
}

function algorithmOf(key: KeyObject, accepted: readonly string[]): Algorithm {
  const { asymmetricKeyType: type } = key;
  if (type === 'ed25519') return { name: 'Ed25519' };
  if (type === 'rsa') {
    const pss = accepted.includes('PS256') && !accepted.includes('RS256');
    return { name: pss ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
  const curves: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
  const namedCurve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (namedCurve === undefined) throw new Error('A curve that JWS does not have.');
  return { name: 'ECDSA', namedCurve };
}
