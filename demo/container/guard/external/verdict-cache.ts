/** Remembers for a while what a provider said of a token, so that it is not asked with every request. */
import { createHash } from 'node:crypto';
import { FairleadError } from '../../../../shared/errors.ts';
import type { Identity } from './provider.ts';

/** That a token is bad is kept for less long: it may have been shown before the provider knew it everywhere. */
const badMs = 5_000;
const mostKept = 1_000;
const mostAsking = 32;

interface Kept {
  readonly identity: Identity | undefined;
  readonly untilMs: number;
}

/**
 * @param deps.ask throws where the provider cannot say, which is not remembered
 * @returns throws what `ask` throws, and `overloaded` where too many tokens are being asked about
 */
export function createVerdictCache(deps: {
  ask: (token: string) => Promise<Identity | undefined>;
  keepMs: number;
}): (token: string) => Promise<Identity | undefined> {
  // Apart, so that whoever makes up tokens does not push out what is known of good ones.
  const good = new Map<string, Kept>();
  const bad = new Map<string, Kept>();
  const asking = new Map<string, Promise<Identity | undefined>>();

  const keep = (key: string, identity: Identity | undefined) => {
    const kept = identity === undefined ? bad : good;
    const endMs = identity?.expiresAt === undefined ? Infinity : identity.expiresAt * 1_000;
    const forMs = identity === undefined ? Math.min(badMs, deps.keepMs) : deps.keepMs;
    kept.set(key, { identity, untilMs: Math.min(Date.now() + forMs, endMs) });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  };

  const ask = (key: string, token: string) => {
    if (asking.size >= mostAsking) {
      throw new FairleadError('overloaded', 'Too many tokens are being asked about.');
    }
    const answer = deps
      .ask(token)
      .then((identity) => {
        keep(key, identity);
        return identity;
      })
      .finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  };

  return async (token) => {
    // The token itself is not kept: a dump of this memory would give all of them away.
    const key = createHash('sha256').update(token).digest('base64url');
    const kept = good.get(key) ?? bad.get(key);
    if (kept !== undefined && kept.untilMs > Date.now()) return kept.identity;
    good.delete(key);
    bad.delete(key);
    return asking.get(key) ?? ask(key, token);
  };
}
