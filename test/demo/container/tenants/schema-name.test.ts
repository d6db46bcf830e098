import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoted, schemaName } from '../../../../demo/container/tenants/schema-name.ts';

test('is readable for a domain, and a hash for anything else', () => {
  expect(schemaName('mycompany.com')).toBe('t_mycompany.com');
  expect(schemaName('google:123')).toMatch(/^h_[0-9a-f]{48}$/);
  expect(schemaName(`${'long.'.repeat(20)}com`)).toMatch(/^h_/);
  for (const odd of ['public', 'pg_catalog', 'MyCompany.com', 'a".b', 'a.b; DROP SCHEMA x', ''])
    expect(schemaName(odd)).toMatch(/^h_/);
});

test('fits what Postgres keeps of a name, and is one tenant’s only', () => {
  const tenant = fc.oneof(fc.domain(), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(tenant, tenant, (one, other) => {
      expect(schemaName(one)).toMatch(/^(t_[a-z0-9.-]{1,60}|h_[0-9a-f]{48})$/);
      expect(schemaName(one) === schemaName(other)).toBe(one === other);
    }),
  );
});

test('a quote in an identifier does not end it', () => {
  expect(quoted('a"b')).toBe('"a""b"');
});
