import fc from 'fast-check';
import { expect, test } from 'vitest';
import { browserUrl, readDiscoveredUrl } from '../../../electron/credentials/discovery/discovered-url.ts';

const shown = (text: string, configured: string[] = []) => {
  const reading = browserUrl(
    text,
    configured.map((each) => new URL(each)),
  );
  return reading.status === 'ok' ? reading.url.href : reading.problem;
};

test('passes an https address, as parsed', () => {
  expect(shown('HTTPS://Example.com:443/a/../authorize?x=1&y=%20')).toBe(
    'https://example.com/authorize?x=1&y=%20',
  );
  expect(shown('https://[2606:4700::1111]:8443/')).toBe('https://[2606:4700::1111]:8443/');
});

test('lets plain http and this machine through only where the person configured this machine', () => {
  const local = ['http://localhost:3000/mcp'];
  for (const address of ['http://127.0.0.1:4000/authorize', 'https://localhost/', 'http://[::1]:1/']) {
    expect(shown(address, local)).toBe(address);
    expect(shown(address, ['https://mcp.example.com/'])).toBe('It leads to this machine.');
  }
  expect(shown('http://example.com/', local)).toBe('It is not an https:// URL.');
  expect(shown('http://192.168.1.1/', local)).toBe('It is not an https:// URL.');
});

test('what is left can be given to it again, and stays as it is', () => {
  const text = fc.oneof(fc.webUrl({ withQueryParameters: true, validSchemes: ['https'] }), fc.string());
  fc.assert(
    fc.property(text, (address) => {
      const reading = browserUrl(address);
      if (reading.status === 'refused') return;
      expect(shown(reading.url.href)).toBe(reading.url.href);
      expect(reading.url.href).toMatch(/^https:\/\/[a-z0-9._[\]:-]+\/[\w\-.~:/?@&=+,%]*$/);
    }),
  );
});

test('reads no address that is not one', () => {
  for (const text of [
    '',
    ' ',
    '//example.com',
    'example.com',
    '/authorize',
    'https://',
    'https:///',
    'https://a b',
  ])
    expect([text, readDiscoveredUrl(text, []).status]).toEqual([text, 'refused']);
  expect(readDiscoveredUrl(`https://example.com/${'a'.repeat(9_000)}`, []).status).toBe('refused');
});
