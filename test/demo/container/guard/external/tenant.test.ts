import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tenantOf } from '../../../../../demo/container/guard/external/tenant.ts';

const userId = 'google:123456789';

test.each([
  ['maya@mycompany.com', 'mycompany.com'],
  ['Maya@MyCompany.COM', 'mycompany.com'],
  ['maya@mycompany.com.', 'mycompany.com'],
  ['maya+notes@sub.mycompany.co.uk', 'sub.mycompany.co.uk'],
  ['maya@müller.example', 'xn--mller-kva.example'],
  ['maya@xn--mller-kva.example', 'xn--mller-kva.example'],
])('%s is of %s', (email, tenant) => {
  expect(tenantOf(userId, email)).toBe(tenant);
});

test.each([
  ...['maya@gmail.com', 'maya@GMAIL.com', 'maya@gmail.com.', 'maya@outlook.com', 'maya@yahoo.co.uk'],
  ...['maya@hotmail.fr', '1+maya@users.noreply.github.com', 'maya@ｇmail.com'],
  ...['maya', 'maya@', '@mycompany.com', 'maya@evil.com@mycompany.com', '"a@b"@mycompany.com'],
  ...['maya@localhost', 'maya@127.0.0.1', 'maya@[::1]', 'maya@my company.com', 'maya@my..company.com', ''],
])('%j makes nobody’s colleague', (email) => {
  expect(tenantOf(userId, email)).toBe(userId);
});

test('without a verified e-mail everybody is a tenant of their own', () => {
  expect(tenantOf(userId, undefined)).toBe(userId);
});

test('whatever the address, a tenant is the person or a plain domain', () => {
  fc.assert(
    fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })), (email) => {
      const tenant = tenantOf(userId, email);
      if (tenant !== userId) expect(tenant).toMatch(/^[a-z0-9.-]+\.[a-z0-9-]+$/);
    }),
  );
});
