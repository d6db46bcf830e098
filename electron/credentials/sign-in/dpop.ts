/** Proof that who sends a token is who it was issued to (RFC 9449): a key pair, and what is signed with it. */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';
import { getDPoPHandle, type Configuration, type DPoPHandle } from 'openid-client';
import { Secret } from '../../runtime/secret.ts';

/** Nonces of other origins than a container's and its issuer's are of no use. */
const maxNonces = 8;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

/** One per sign-in, kept with its tokens. */
export class DpopKey {
  /** The private key as a JWK, for the vault. */
  readonly jwk: Secret;
  readonly #key: KeyObject;
  readonly #header: string;
  readonly #publicJwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string };
  readonly #nonces = new Map<string, string>();

  /** @throws when `jwk` is no private key on P-256 */
  constructor(jwk: Secret) {
    this.jwk = jwk;
    this.#key = createPrivateKey({ key: JSON.parse(jwk.reveal()) as Record<string, string>, format: 'jwk' });
    const { crv, x, y } = this.#key.export({ format: 'jwk' });
    if (crv !== 'P-256' || x === undefined || y === undefined) throw new Error('Not a key on P-256.');
    this.#publicJwk = { kty: 'EC', crv, x, y };
    this.#header = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.#publicJwk });
  }

  static generate(): DpopKey {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return new DpopKey(new Secret(JSON.stringify(privateKey.export({ format: 'jwk' }))));
  }

  /** A proof for one request to a container (RFC 9449 §4.2), with the nonce its origin has last asked for. */
  proof({ method, url, token }: { method: string; url: URL; token: Secret }): string {
    const payload = encode({
      jti: randomUUID(),
      htm: method,
      htu: `${url.origin}${url.pathname}`,
      iat: Math.floor(Date.now() / 1000),
      ath: createHash('sha256').update(token.reveal()).digest('base64url'),
      nonce: this.#nonces.get(url.origin),
    });
    const signed = `${this.#header}.${payload}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** Remembers what a response says the next proof must carry (RFC 9449 §9). */
  takeNonce({ origin }: URL, nonce: string | undefined): void {
    if (nonce === undefined || this.#nonces.get(origin) === nonce) return;
    if (this.#nonces.size >= maxNonces) this.#nonces.clear();
    this.#nonces.set(origin, nonce);
  }

  /** The same key for openid-client, which makes the proofs for an issuer's endpoints. */
  async handle(configuration: Configuration): Promise<DPoPHandle> {
    const { subtle } = globalThis.crypto;
    const key = JSON.parse(this.jwk.reveal()) as Record<string, string>;
    const [privateKey, publicKey] = await Promise.all([
      subtle.importKey('jwk', key, algorithm, false, ['sign']),
      subtle.importKey('jwk', this.#publicJwk, algorithm, true, ['verify']),
    ]);
    return getDPoPHandle(configuration, { privateKey, publicKey });
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
