/** What a mode of config.yaml must be able to do: judge the credential of a request. One file per mode implements it. */
import type { Caller } from './caller.ts';

export type Verdict =
  | { readonly admitted: true; readonly caller: Caller }
  /** `missing`: the request came without a credential of the kind this mode takes. */
  | { readonly admitted: false; readonly reason: 'missing' | 'invalid' };

export interface Verifier {
  /** @param authorization the request's `Authorization` header */
  verify(authorization: string | undefined): Promise<Verdict>;
  /** Whether a caller admitted earlier would still be: revoking ends open sessions too. */
  stillAdmits(caller: Caller): Promise<boolean>;
}

/** Mode `local`: anyone who reached us, which only this machine can (binding.ts, rebinding.ts). */
export const localVerifier: Verifier = {
  verify: () => Promise.resolve({ admitted: true, caller: { mode: 'local' } }),
  stillAdmits: (caller) => Promise.resolve(caller.mode === 'local'),
};
