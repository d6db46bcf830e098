import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress } from '../../electron/containers/address.ts';

test.each([
  'https://host.example/mcp',
  'https://host.example/mcp?tenant=1',
  'http://localhost:3000/mcp',
  'http://127.0.0.1:3000/mcp',
  'http://127.9.8.7/',
  'http://[::1]:3000/mcp',
])('takes %s', (text) => {
  expect(readAddress(text)).toEqual({ status: 'ok', url: text });
});

test.each([
  'http://host.example/mcp',
  'http://localhost.example/mcp',
  'http://127.0.0.1.example/mcp',
  'http://10.0.0.1/mcp',
  'ftp://host.example/',
  'file:///etc/passwd',
  'https://me:hunter2@host.example/mcp',
  'https://hunter2@host.example/mcp',
  'https://host.example/mcp#hunter2',
  'https://host.example/mcp#',
  'notes',
  '',
])('refuses %s without quoting it', (text) => {
  const reading = readAddress(text);
  expect(reading.status).toBe('refused');
  expect(JSON.stringify(reading)).not.toContain('hunter2');
});

test('gives loopback in other spellings its normal form', () => {
  expect(readAddress('http://2130706433/')).toEqual({ status: 'ok', url: 'http://127.0.0.1/' });
});

test('what it takes is https or loopback, whatever is thrown at it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl({ withQueryParameters: true }),
        fc.string(),
        fc.ipV4().map((ip) => `http://${ip}/`),
      ),
      (text) => {
        const reading = readAddress(text);
        if (reading.status === 'refused') return;
        const url = new URL(reading.url);
        expect(url.protocol === 'https:' || /^(localhost|127\.|\[::1\])/.test(url.hostname)).toBe(true);
        expect(url.username + url.password + url.hash).toBe('');
      },
    ),
  );
});
