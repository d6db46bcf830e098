import { expect, test } from 'vitest';
import { platformApi, platformIssuer } from '../../shared/platform.ts';

test.each([
  ['https://platform.example.com', 'https://platform.example.com'],
  ['https://Platform.Example.com/', 'https://platform.example.com'],
  ['https://platform.example.com:8443/realms/a/', 'https://platform.example.com:8443/realms/a/'],
  ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ['http://localhost:4000/', 'http://localhost:4000'],
  ['http://[::1]:4000', 'http://[::1]:4000'],
])('%s is a platform: %s', (text, issuer) => {
  expect(platformIssuer.parse(text)).toBe(issuer);
});

test.each([
  'http://platform.example.com',
  'http://127.0.0.1.example.com',
  'https://me:secret@platform.example.com',
  'https://platform.example.com/?realm=a',
  'https://platform.example.com/#a',
  'file:///etc/passwd',
  'platform.example.com',
  '',
])('%j is none', (text) => {
  expect(platformIssuer.safeParse(text).success).toBe(false);
});

test('the API lies below the issuer', () => {
  expect(platformApi('https://platform.example.com')).toBe('https://platform.example.com/api/v1');
  expect(platformApi('https://platform.example.com/a/')).toBe('https://platform.example.com/a/api/v1');
});
