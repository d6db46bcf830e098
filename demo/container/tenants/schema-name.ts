/** The name of a tenant's schema: one for each tenant, and never more than a name. */
import { createHash } from 'node:crypto';

/** Postgres cuts names after 63 bytes without a word, and two long ones could become the same. */
const maxPlainLength = 60;

/** Readable where the tenant is a domain; of anything else a hash. The two begin differently, so none is both. */
export function schemaName(tenantId: string): string {
  const isPlain = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(tenantId) && tenantId.length <= maxPlainLength;
  if (isPlain) return `t_${tenantId}`;
  return `h_${createHash('sha256').update(tenantId).digest('hex').slice(0, 48)}`;
}

/** For use in SQL, where identifiers cannot be parameters. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
