/** What a mode of config.yaml must be able to do: judge the credential of a request. One file per mode implements it. */
import type { Presented } from '../../tokens/access-token.ts';
import type { Caller } from './caller.ts';
import type { PeerCertificate } from './peer-certificate.ts';

export type Refusal =
  /** The request came without a credential of the kind this mode takes. */
  | 'missing'
  | 'invalid'
  /** The certificate that began the connection has ended since. */
  | 'expired'
  /** The credential is good, but does not allow this (RFC 6750 §3.1). */
  | 'insufficient_scope'
  /** The credential is good, and somebody else's. */
  | 'forbidden';

export type Verdict =
  | { readonly admitted: true; readonly caller: Caller }
  | { readonly admitted: false; readonly reason: Refusal };

/** What of a request a mode may look at; nothing else that a client sends says who it is. */
export interface Arrival extends Presented {
  readonly path: string;
  /** The platform's word on the user (mode `mtls`): the header `X-Platform-User`. */
  readonly claim: string | undefined;
  /** Of the connection, where the handshake asks for one. */
  readonly certificate: PeerCertificate | undefined;
}

export interface Verifier {
  verify(request: Arrival): Promise<Verdict>;
  /** Whether a caller admitted earlier would still be: revoking ends open sessions too. */
  stillAdmits(caller: Caller): Promise<boolean>;
}

/** Mode `local`: anyone who reached us, which only this machine can (binding.ts, rebinding.ts). */
export const localVerifier: Verifier = {
  verify: () => Promise.resolve({ admitted: true, caller: { mode: 'local' } }),
  stillAdmits: (caller) => Promise.resolve(caller.mode === 'local'),
};

export function refused(reason: Refusal): Verdict {
  return { admitted: false, reason };
}
