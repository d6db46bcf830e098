/** oidc-provider's persistence, told in terms of the platform's records. */
import { errors, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import type { OidcRecord, OidcRecords } from './oidc-records.ts';

/** Every kind of record that ends with its grant. */
const grantedKinds = ['AccessToken', 'AuthorizationCode', 'DeviceCode', 'RefreshToken', 'Grant'];

export function createOidcAdapter(records: OidcRecords): AdapterFactory {
  const payloadOf = (record: OidcRecord | undefined): AdapterPayload | undefined => record?.payload;

  return (kind): Adapter => ({
    upsert(id, payload, expiresIn) {
      return records.write({
        kind,
        id,
        payload: { ...payload },
        grantId: kind === 'Grant' ? id : payload.grantId,
        uid: kind === 'Session' ? payload.uid : undefined,
        userCode: payload.userCode,
        expiresAtMs: expiresIn === undefined ? undefined : Date.now() + expiresIn * 1_000,
      });
    },
    find: async (id) => payloadOf(await records.read(kind, id)),
    findByUid: async (uid) => payloadOf(await records.readBy(kind, 'uid', uid)),
    findByUserCode: async (code) => payloadOf(await records.readBy(kind, 'userCode', code)),
    async consume(id) {
      if (await records.consume(kind, id)) return;
      // The library looked before we marked it, and another request came between: the same token was used twice, so
      // one of its two holders stole it (RFC 9700 §4.14.2).
      const grantId = (await records.read(kind, id))?.grantId;
      if (grantId !== undefined) await records.removeGrant(grantedKinds, grantId);
      throw new errors.InvalidGrant('already used');
    },
    destroy: (id) => records.remove(kind, id),
    revokeByGrantId: (grantId) => records.removeGrant([kind], grantId),
  });
}
