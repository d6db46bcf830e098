/** An issuer's public keys: read once for many tokens, and again when one is signed by a key that is new. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { FairleadError } from '../../shared/errors.ts';
import { fetchJson } from './fetch-json.ts';

const freshMs = 10 * 60_000;
/** How long keys are still good while their issuer cannot be reached: an outage there must not end calls here. */
const usableMs = 60 * 60_000;
/** A token of an unknown key waits for its turn to have the keys read again; whoever sends many shares the turn. */
const pauseMs = 2_000;
const mostWaiting = 200;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

interface KnownKeys {
  readonly find: JWTVerifyGetKey;
  readonly readAtMs: number;
}

/** @returns throws jose's JWKSNoMatchingKey for a key that is not there, `connect_failed` where no keys can be read */
export function createKeySet(url: URL): JWTVerifyGetKey {
  let known: KnownKeys | undefined;
  let reading: Promise<KnownKeys> | undefined;
  let begunAtMs = -Infinity;
  let waiting = 0;

  const read = () =>
    (reading ??= (async () => {
      await sleep(Math.max(0, begunAtMs + pauseMs - Date.now()));
      begunAtMs = Date.now();
      return (known = await readKeys(url));
    })().finally(() => (reading = undefined)));

  const current = async (): Promise<KnownKeys> => {
    const ageMs = known === undefined ? Infinity : Date.now() - known.readAtMs;
    if (known !== undefined && ageMs < freshMs) return known;
    const kept = known;
    return read().catch((thrown: unknown) => {
      if (kept !== undefined && ageMs < usableMs) return kept;
      throw thrown;
    });
  };

  /** Keys read after now: a reading that is under way may have asked before the key was published. */
  const newer = async () => {
    if (waiting >= mostWaiting) throw new errors.JWKSNoMatchingKey();
    waiting += 1;
    try {
      const since = Date.now();
      await read();
      return begunAtMs >= since && known !== undefined ? known : await read();
    } finally {
      waiting -= 1;
    }
  };

  return async (header, token) => {
    const keys = await current();
    try {
      return await keys.find(header, token);
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey)) throw thrown;
      return (await newer()).find(header, token);
    }
  };
}

async function readKeys(url: URL): Promise<KnownKeys> {
  const { status, body } = await fetchJson(url);
  const parsed = keySet.safeParse(body);
  if (status !== 200 || !parsed.success) {
    throw new FairleadError('connect_failed', 'The issuer of tokens does not show its keys.');
  }
  return { find: createLocalJWKSet(parsed.data), readAtMs: Date.now() };
}
