/** How often a password may be tried: few times for one person from one address, not many from one address at all. */

export interface SignInLimit {
  /**
   * Counts an attempt before its password is looked at, so that a hundred at once are no way around.
   * @returns how long to wait, in seconds; 0: go on
   */
  begin(attempt: Attempt): number;
  /** The password was right: what was counted for this person is forgotten. */
  succeeded(attempt: Attempt): void;
}

export interface Attempt {
  readonly email: string;
  /** The peer's IP address. Together with it, as nobody may lock another person out. */
  readonly address: string;
}

const windowMs = 5 * 60_000;
const triesOfOne = 5;
const triesOfAddress = 50;
const maxKeys = 10_000;

export function createSignInLimit(now: () => number = Date.now): SignInLimit {
  const tries = new Map<string, { count: number; endsAtMs: number }>();

  const entryOf = (key: string) => {
    const known = tries.get(key);
    if (known !== undefined && known.endsAtMs > now()) return known;
    tries.delete(key);
    const [oldest] = tries.keys();
    if (tries.size >= maxKeys && oldest !== undefined) tries.delete(oldest);
    const fresh = { count: 0, endsAtMs: now() + windowMs };
    tries.set(key, fresh);
    return fresh;
  };
  const entriesOf = ({ email, address }: Attempt) => ({
    one: entryOf(`${address} ${email.trim().toLowerCase()}`),
    all: entryOf(address),
  });

  return {
    begin(attempt) {
      const { one, all } = entriesOf(attempt);
      const full = one.count >= triesOfOne ? one : all.count >= triesOfAddress ? all : undefined;
      if (full !== undefined) return Math.max(1, Math.ceil((full.endsAtMs - now()) / 1_000));
      one.count += 1;
      all.count += 1;
      return 0;
    },
    succeeded(attempt) {
      const { one, all } = entriesOf(attempt);
      all.count = Math.max(0, all.count - one.count);
      one.count = 0;
    },
  };
}
