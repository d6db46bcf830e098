/** PKCS#10 (RFC 2986): asks for a certificate for a key, and proves that we have it. Pure. */
import { createPublicKey, sign, type KeyObject } from 'node:crypto';

const tags = { integer: 0x02, bitString: 0x03, sequence: 0x30, attributes: 0xa0 } as const;
/** ecdsa-with-SHA256 (RFC 5758 §3.2), as an OBJECT IDENTIFIER in DER. */
const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex');

/**
 * A request that asks for nothing but the key: what the certificate says is the issuer's word.
 * @param key a private EC key
 * @returns PEM
 */
export function certificateRequestFor(key: KeyObject): string {
  const subject = der(tags.sequence);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const version = der(tags.integer, Buffer.from([0]));
  const asked = der(tags.sequence, version, subject, publicKey, der(tags.attributes));
  // Node signs EC in the form that X.509 has it in, too.
  const signature = der(tags.bitString, Buffer.from([0]), sign('sha256', asked, key));
  const request = der(tags.sequence, asked, der(tags.sequence, ecdsaWithSha256), signature);
  const lines = request.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** X.690 §8.1: tag, length, content. Nothing in here is 64 KiB long. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
