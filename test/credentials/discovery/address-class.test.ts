import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressClass,
  isAdmissible,
  mostPrivate,
  mostPublic,
  type AddressClass,
} from '../../../electron/credentials/discovery/address-class.ts';

const known: Record<AddressClass, string[]> = {
  public: [
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '198.20.0.0',
    '2606:4700::1111',
  ],
  private: [
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1'],
    ...['fc00::1', 'fd12:3456::1', 'fec0::1'],
  ],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
  never: [
    // Link-local, with the metadata services of most clouds.
    ...['169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
    // Metadata services elsewhere.
    ...['fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
    // Unspecified, multicast, broadcast, reserved, documentation.
    ...['0.0.0.0', '0.1.2.3', '::', '224.0.0.1', 'ff02::1', '255.255.255.255', '240.0.0.1'],
    ...['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1', '192.88.99.1'],
    // Teredo, IPv4-compatible, local-use NAT64, discard-only, nobody's.
    ...['2001:0:4136:e378::1', '::127.0.0.1', '::8.8.8.8', '64:ff9b:1::7f00:1', '100::1', '4000::1'],
    // No addresses.
    ...['', 'localhost', '127.1', '0x7f.0.0.1', '0177.0.0.1', '2130706433', '[::1]', '127.0.0.1.'],
  ],
};

for (const [name, addresses] of Object.entries(known)) {
  test.each(addresses)(`${name}: %s`, (address) => expect(addressClass(address)).toBe(name));
}

const octet = fc.nat(255);
const quad = fc.tuple(octet, octet, octet, octet);
const hex = (a: number, b: number) => ((a << 8) | b).toString(16);

test('an IPv6 address that means an IPv4 address is as private as that', () => {
  fc.assert(
    fc.property(quad, ([a, b, c, d]) => {
      const plain = addressClass(`${a}.${b}.${c}.${d}`);
      const [high, low] = [hex(a, b), hex(c, d)];
      for (const form of [
        `::ffff:${a}.${b}.${c}.${d}`,
        `::ffff:${high}:${low}`,
        `::FFFF:${high}:${low}`,
        `0:0:0:0:0:ffff:${high}:${low}`,
        `::ffff:0:${a}.${b}.${c}.${d}`,
        `64:ff9b::${high}:${low}`,
        `64:ff9b::${a}.${b}.${c}.${d}`,
        `2002:${high}:${low}::1`,
      ])
        expect([form, addressClass(form)]).toEqual([form, plain]);
    }),
  );
});

test('every IPv6 address has the same class in each of its spellings', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
      const short = new URL(`http://[${long}]`).hostname.slice(1, -1);
      expect(addressClass(short)).toBe(addressClass(long.toUpperCase()));
    }),
  );
});

test('never fails, whatever it is given', () => {
  fc.assert(fc.property(fc.string(), (text) => void addressClass(text)));
});

test('a public server leads to public addresses only, a private one also to private ones, this machine anywhere', () => {
  const all: AddressClass[] = ['public', 'private', 'loopback', 'never'];
  const from = (limit: AddressClass) => all.filter((found) => isAdmissible(found, limit));
  expect(from('public')).toEqual(['public']);
  expect(from('private')).toEqual(['public', 'private']);
  expect(from('loopback')).toEqual(['public', 'private', 'loopback']);
  expect(from('never')).toEqual(['public']);
});

test('finds the extremes', () => {
  expect(mostPublic(['loopback', 'public', 'never'])).toBe('public');
  expect(mostPrivate(['private', 'public', 'loopback'])).toBe('loopback');
  expect(mostPublic([])).toBeUndefined();
});
