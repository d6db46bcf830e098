/** What the authorization server keeps while it runs: oidc-provider's records, in memory and bounded. */
import { errors, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  readonly endsAtMs: number;
}

/** Anybody may register a program or begin a sign-in, so of each kind the oldest give way. */
const mostOfKind = 5_000;

export function createRecords(): AdapterFactory {
  const kinds = new Map<string, Map<string, Kept>>();
  const ofKind = (kind: string) => {
    const known = kinds.get(kind) ?? new Map<string, Kept>();
    kinds.set(kind, known);
    return known;
  };
  const removeGrant = (grantId: string) => {
    for (const [kind, records] of kinds)
      for (const [id, { payload }] of records)
        if (payload.grantId === grantId || (kind === 'Grant' && id === grantId)) records.delete(id);
  };

  return (kind): Adapter => {
    const records = ofKind(kind);
    const live = (kept: Kept | undefined) =>
      kept === undefined || kept.endsAtMs <= Date.now() ? undefined : structuredClone(kept.payload);
    const findBy = (name: 'uid' | 'userCode', value: string) =>
      Promise.resolve(live([...records.values()].find(({ payload }) => payload[name] === value)));
    return {
      upsert(id, payload, expiresIn) {
        const endsAtMs = expiresIn ? Date.now() + expiresIn * 1_000 : Infinity;
        records.delete(id);
        records.set(id, { payload: structuredClone(payload), endsAtMs });
        const [oldest] = records.keys();
        if (records.size > mostOfKind && oldest !== undefined) records.delete(oldest);
        return Promise.resolve(undefined);
      },
      find: (id) => Promise.resolve(live(records.get(id))),
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (code) => findBy('userCode', code),
      consume(id) {
        const kept = records.get(id);
        // Used by two at once: one of them stole it (RFC 9700 §4.14.2).
        if (kept?.payload.consumed !== undefined) {
          if (kept.payload.grantId !== undefined) removeGrant(kept.payload.grantId);
          return Promise.reject(new errors.InvalidGrant('already used'));
        }
        if (kept !== undefined) kept.payload.consumed = Math.floor(Date.now() / 1_000);
        return Promise.resolve(undefined);
      },
      destroy: (id) => Promise.resolve(void records.delete(id)),
      revokeByGrantId(grantId) {
        removeGrant(grantId);
        return Promise.resolve(undefined);
      },
    };
  };
}
