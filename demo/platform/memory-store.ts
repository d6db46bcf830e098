/** The store of a platform that forgets everything when it ends. */
import type { RecordName, Store, StoredRecord } from './store.ts';

const sweepEveryMs = 60_000;

export function createMemoryStore(): Store {
  const records = new Map<string, StoredRecord>();
  let sweptAtMs = Date.now();

  const keyOf = (kind: string, id: string) => `${kind}:${id}`;
  const isLive = ({ expiresAtMs }: StoredRecord) => expiresAtMs === undefined || expiresAtMs > Date.now();
  const live = (record: StoredRecord | undefined) =>
    record !== undefined && isLive(record) ? record : undefined;

  const sweep = () => {
    if (Date.now() - sweptAtMs < sweepEveryMs) return;
    sweptAtMs = Date.now();
    for (const [key, record] of records) if (!isLive(record)) records.delete(key);
  };

  return {
    write(record) {
      sweep();
      // A copy, as a database would make: what the caller does with its own object changes nothing here.
      records.set(keyOf(record.kind, record.id), structuredClone(record));
      return Promise.resolve();
    },
    read: (kind, id) => Promise.resolve(structuredClone(live(records.get(keyOf(kind, id))))),
    readBy(kind: string, name: RecordName, value: string) {
      const found = [...records.values()].find((record) => record.kind === kind && record[name] === value);
      return Promise.resolve(structuredClone(live(found)));
    },
    consume(kind, id) {
      const record = live(records.get(keyOf(kind, id)));
      if (record === undefined || record.payload['consumed'] !== undefined) return Promise.resolve(false);
      const payload = { ...record.payload, consumed: Math.floor(Date.now() / 1_000) };
      records.set(keyOf(kind, id), { ...record, payload });
      return Promise.resolve(true);
    },
    remove(kind, id) {
      records.delete(keyOf(kind, id));
      return Promise.resolve();
    },
    removeGrant(kind, grantId) {
      for (const [key, record] of records) {
        if (record.kind === kind && record.grantId === grantId) records.delete(key);
      }
      return Promise.resolve();
    },
  };
}
