/** oidc-provider's persistence, told in terms of the store. */
import { errors, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import type { Store, StoredRecord } from './store.ts';

/** Every kind of record that ends with its grant. */
const grantedKinds = ['AccessToken', 'AuthorizationCode', 'DeviceCode', 'RefreshToken', 'Grant'];

export function createOidcAdapter(store: Store): AdapterFactory {
  const payloadOf = (record: StoredRecord | undefined): AdapterPayload | undefined => record?.payload;

  return (kind): Adapter => ({
    upsert(id, payload, expiresIn) {
      return store.write({
        kind,
        id,
        payload: { ...payload },
        grantId: kind === 'Grant' ? id : payload.grantId,
        uid: kind === 'Session' ? payload.uid : undefined,
        userCode: payload.userCode,
        expiresAtMs: expiresIn === undefined ? undefined : Date.now() + expiresIn * 1_000,
      });
    },
    find: async (id) => payloadOf(await store.read(kind, id)),
    findByUid: async (uid) => payloadOf(await store.readBy(kind, 'uid', uid)),
    findByUserCode: async (code) => payloadOf(await store.readBy(kind, 'userCode', code)),
    async consume(id) {
      if (await store.consume(kind, id)) return;
      // The library looked before we marked it, and another request came between: the same token was used twice, so
      // one of its two holders stole it (RFC 9700 §4.14.2).
      const grantId = (await store.read(kind, id))?.grantId;
      if (grantId !== undefined) {
        await Promise.all(grantedKinds.map((granted) => store.removeGrant(granted, grantId)));
      }
      throw new errors.InvalidGrant('already used');
    },
    destroy: (id) => store.remove(kind, id),
    revokeByGrantId: (grantId) => store.removeGrant(kind, grantId),
  });
}
