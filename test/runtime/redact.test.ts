import { homedir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redacted } from '../../electron/runtime/redact.ts';

const home = '/var/tmp/profile-x';
const text = (value: string) => redacted(value, home);

test.each([
  ['https://user:pw@mcp.example/mcp?key=hunter2#part', 'https://mcp.example/mcp?…'],
  [
    'it is at https://mcp.example/s/9f8a7b6c5d4e3f2a/mcp.',
    'it is at https://mcp.example/s/[taken%20out]/mcp.',
  ],
  ['Nobody answers at https://mcp.example:8443/mcp', 'Nobody answers at https://mcp.example:8443/mcp'],
  ['signed in as maya.k+1@example.org', 'signed in as [e-mail]'],
  ['authorization: Bearer abc.def', 'authorization: Bearer [taken out]'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '[taken out]'],
  ['key sk_live_51H8ab9cdefgHIJKlmnop0QRSTuv', 'key [taken out]'],
  [join(homedir(), 'keys', 'client.pem'), '~/keys/client.pem'],
  [`${home}/run/core.sock`, '<profile>/run/core.sock'],
])('%s becomes %s', (before, after) => {
  expect(text(before)).toBe(after);
});

test.each([
  'tools/call',
  'io.modelcontextprotocol/clientInfo',
  'a_tool_with_a_rather_long_name_in_words',
  'ECONNRESET',
])('%s stays as it is', (name) => {
  expect(text(name)).toBe(name);
});

test('a pin stays, as it is public and says which key was seen', () => {
  const pin = `sha256/${'Ab1'.repeat(14)}x=`;
  expect(text(pin)).toBe(pin);
});

test('members whose name says so lose their value, and how a key stands does not', () => {
  expect(
    redacted({ secret: 'a', accessToken: 'b', email: 'c', userCode: 'd', credential: 'present', n: 1 }, home),
  ).toEqual({
    ...{ secret: '[taken out]', accessToken: '[taken out]', email: '[taken out]', userCode: '[taken out]' },
    ...{ credential: 'present', n: 1 },
  });
});

test('no key that an issuer makes up survives, wherever it stands', () => {
  const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789_-';
  const madeUp = fc
    .array(fc.constantFrom(...letters.split(/(?:)/)), { minLength: 24, maxLength: 60 })
    .map((characters) => `a1${characters.join('')}z9`);
  const around = fc.constantFrom('', ' ', '"', ': ', '?token=', '(', '\n');
  fc.assert(
    fc.property(madeUp, around, around, (key, before, after) => {
      const shown = JSON.stringify(redacted({ a: [{ b: `${before}${key}${after}` }] }, home));
      expect(shown).not.toContain(key);
    }),
  );
});
