import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLoopback, meansLoopback } from '../../shared/loopback.ts';

test.each(['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.255.0.9', '::1', '[::1]'])(
  '%s is this machine',
  (host) => {
    expect([isLoopback(host), meansLoopback(host)]).toEqual([true, true]);
  },
);

test.each(['app.localhost', 'app.localhost.', '[::ffff:7f00:1]', '::ffff:7fff:ffff'])(
  '%s means this machine, and is not sure to be it',
  (host) => {
    expect([isLoopback(host), meansLoopback(host)]).toEqual([false, true]);
  },
);

test.each([
  ...['', '.', 'localhost..', 'localhost.example', 'notlocalhost', '127.0.0.1.example', '127.evil.example'],
  ...['127.1', '127.0.0.256', '128.0.0.1', '0.0.0.0', '10.0.0.1', '::', '[::1', '::11', '[::ffff:7e00:1]'],
])('%j is another machine, or none', (host) => {
  expect([isLoopback(host), meansLoopback(host)]).toEqual([false, false]);
});

test('every spelling that URL parsing takes for 127.0.0.0/8 is this machine, and no other address is', () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffff_ffff }), fc.constantFrom(10, 16), (address, base) => {
      const spelled = base === 16 ? `0x${address.toString(16)}` : String(address);
      const { hostname } = new URL(`http://${spelled}/`);
      expect(isLoopback(hostname)).toBe(address >>> 24 === 127);
      expect(meansLoopback(hostname)).toBe(isLoopback(hostname));
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const { hostname } = new URL(`http://[${address}]/`);
      expect(isLoopback(hostname)).toBe(hostname === '[::1]');
    }),
  );
});
