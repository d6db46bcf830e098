/** Keys of platform-issued certificates in the vault, with the certificate for a core that starts while the platform is down. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../../runtime/secret.ts';
import { certificateIndexKey, certificateKey } from '../vault-key.ts';
import type { Vault } from '../vault.ts';

/** Which container's, at which platform. */
export interface CertificatePlace {
  readonly issuer: string;
  readonly containerId: string;
}

export interface CertificateRecord {
  readonly key: KeyObject;
  /** PEM, as the platform answered. */
  readonly certificate: string;
  readonly chain: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly issuedAt: number;
}

/** Each throws keychain errors. */
export interface CertificateStore {
  read(place: CertificatePlace): Promise<CertificateRecord | undefined>;
  write(place: CertificatePlace, record: CertificateRecord): Promise<void>;
  /** Idempotent. */
  delete(place: CertificatePlace): Promise<void>;
  /**
   * All of a platform's: the account is another one, or nobody's. Idempotent. Where it fails, nothing of that platform is
   * read or written before it has been done.
   */
  deleteAll(issuer: string): Promise<void>;
}

const storedRecord = z.object({
  version: z.literal(1),
  issuer: z.string(),
  containerId: z.string(),
  /** PKCS#8, PEM. */
  key: z.string(),
  certificate: z.string(),
  chain: z.string(),
  issuedAt: z.number(),
});
const storedIndex = z.array(z.string());

export function createCertificateStore(vault: Vault): CertificateStore {
  /** Issuers whose records are still to be deleted. */
  const doomed = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: each finds what the one before has left. */
  const inTurn = <T>(issuer: string, work: () => Promise<T>): Promise<T> => {
    const next = turn.then(async () => {
      if (doomed.has(issuer)) await purge(issuer);
      return work();
    });
    turn = next.catch(() => undefined);
    return next;
  };
  const purge = async (issuer: string) => {
    const ids = await readIndex(issuer);
    for (const id of ids) await vault.delete(certificateKey(issuer, id));
    if (ids.length > 0) await writeIndex(issuer, []);
    doomed.delete(issuer);
  };

  const readIndex = async (issuer: string): Promise<string[]> => {
    const stored = await vault.read(certificateIndexKey(issuer));
    return (stored && parse(stored, storedIndex)) ?? [];
  };
  const writeIndex = (issuer: string, ids: readonly string[]): Promise<void> => {
    const key = certificateIndexKey(issuer);
    return ids.length === 0 ? vault.delete(key) : vault.write(key, new Secret(JSON.stringify(ids)));
  };

  return {
    read: ({ issuer, containerId }) =>
      inTurn(issuer, async () => {
        const stored = await vault.read(certificateKey(issuer, containerId));
        const record = stored && parse(stored, storedRecord);
        // The keychain is open to other programs: what was made for another container is never shown to this one.
        if (record?.issuer !== issuer || record.containerId !== containerId) return undefined;
        const key = keyOf(record.key);
        return key && { ...record, key };
      }),
    write: ({ issuer, containerId }, record) =>
      inTurn(issuer, async () => {
        const ids = await readIndex(issuer);
        // First, so that no key is ever forgotten.
        if (!ids.includes(containerId)) await writeIndex(issuer, [...ids, containerId]);
        const key = record.key.export({ type: 'pkcs8', format: 'pem' });
        const stored: z.input<typeof storedRecord> = {
          ...{ ...record, version: 1, issuer, containerId },
          key: key.toString(),
        };
        await vault.write(certificateKey(issuer, containerId), new Secret(JSON.stringify(stored)));
      }),
    delete: ({ issuer, containerId }) =>
      inTurn(issuer, async () => {
        await vault.delete(certificateKey(issuer, containerId));
        const ids = await readIndex(issuer);
        if (ids.includes(containerId)) {
          await writeIndex(
            issuer,
            ids.filter((id) => id !== containerId),
          );
        }
      }),
    deleteAll(issuer) {
      doomed.add(issuer);
      return inTurn(issuer, async () => {
        // Also what was written after it was asked for, by those whose turn was before.
        doomed.add(issuer);
        await purge(issuer);
      });
    },
  };
}

/** A zod error would quote what it was given. */
function parse<T>(stored: Secret, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(stored.reveal()));
  } catch {
    return undefined;
  }
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
