/** How many requests a tenant may make: a bucket for each, so that one tenant's haste costs no other anything. */

export interface LimitTerms {
  readonly requests: number;
  readonly seconds: number;
}

export interface TenantLimit {
  /** @returns 0, or the seconds to wait */
  take(tenantId: string): number;
}

const mostTenants = 10_000;

/** @param now in milliseconds */
export function createTenantLimit({ requests, seconds }: LimitTerms, now = () => Date.now()): TenantLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const perMs = requests / (seconds * 1_000);

  return {
    take(tenantId) {
      const atMs = now();
      const old = buckets.get(tenantId);
      const tokens = Math.min(
        requests,
        old === undefined ? requests : old.tokens + (atMs - old.atMs) * perMs,
      );
      const isAllowed = tokens >= 1;
      buckets.delete(tenantId);
      buckets.set(tenantId, { tokens: isAllowed ? tokens - 1 : tokens, atMs });
      // Last used last: who was not seen for longest has a full bucket, or soon.
      const [oldest] = buckets.keys();
      if (buckets.size > mostTenants && oldest !== undefined) buckets.delete(oldest);
      return isAllowed ? 0 : Math.ceil((1 - tokens) / perMs / 1_000);
    },
  };
}
