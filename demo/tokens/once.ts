/** What may count once only: a proof or claim that was overheard is worth nothing the second time. */

/** @returns whether `id` comes for the first time. What is older than `lifetimeMs` must be refused for its age. */
export function createOnce(lifetimeMs: number): (id: string) => boolean {
  const seen = new Map<string, number>();
  return (id) => {
    const now = Date.now();
    // Oldest first, as all live as long.
    for (const [old, expiresAtMs] of seen) {
      if (expiresAtMs > now) break;
      seen.delete(old);
    }
    if (seen.has(id)) return false;
    seen.set(id, now + lifetimeMs);
    return true;
  };
}
