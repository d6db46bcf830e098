/** How private an IP address is, in whatever form it is written. Decides what a discovered URL may lead to. */
import { BlockList, isIP, isIPv4 } from 'node:net';

/** From open to closed. `never`: link-local (cloud metadata), unspecified, multicast, reserved: not for us at all. */
export type AddressClass = 'public' | 'private' | 'loopback' | 'never';

/** IANA special-purpose registries (RFC 6890), most telling first. */
const ipv4: readonly [AddressClass, ...string[]][] = [
  ['loopback', '127.0.0.0/8'],
  // Cloud metadata outside of link-local: Alibaba (within shared space), Azure, Oracle (within 192.0.0.0/24).
  ['never', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.0/24'],
  // 198.18.0.0/15 is what VPN programs answer for every name ("fake IP"); 100.64.0.0/10 is also Tailscale's.
  ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15'],
  // 0.0.0.0/8 reaches this machine on Linux and macOS.
  ['never', '0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ['never', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '192.88.99.0/24'],
];

const ipv6: readonly [AddressClass, ...string[]][] = [
  ['loopback', '::1/128'],
  // Cloud metadata within unique local addresses: Amazon, Google.
  ['never', 'fd00:ec2::/32', 'fd20:ce::254/128'],
  ['private', 'fc00::/7', 'fec0::/10'],
  // Protocol assignments, with Teredo (RFC 4380) among them, which has an IPv4 address inside; documentation.
  ['never', '2001::/23', '2001:db8::/32', '3fff::/20'],
  ['public', '2000::/3'],
];

/** Prefixes of IPv6 addresses that mean an IPv4 address, and the bytes where that is. */
const embedding: readonly { prefix: BlockList; at: number }[] = [
  // IPv4-mapped, IPv4-translated (RFC 7915), NAT64 (RFC 6052), 6to4 (RFC 3056).
  { prefix: blockOf('::ffff:0:0/96'), at: 12 },
  { prefix: blockOf('::ffff:0:0:0/96'), at: 12 },
  { prefix: blockOf('64:ff9b::/96'), at: 12 },
  { prefix: blockOf('2002::/16'), at: 2 },
];

const classes = { ipv4: compile(ipv4), ipv6: compile(ipv6) };

/** @param address as a resolver or URL parsing gives it, IPv6 without brackets. What is no address is `never`. */
export function addressClass(address: string): AddressClass {
  const [plain = ''] = address.split('%');
  switch (isIP(plain)) {
    case 4:
      return classify(plain, 'ipv4') ?? 'public';
    case 6: {
      const bytes = bytesOf(plain);
      const embedded = embedding.find(({ prefix }) => prefix.check(canonical(bytes), 'ipv6'));
      if (embedded !== undefined) return addressClass(bytes.slice(embedded.at, embedded.at + 4).join('.'));
      // What IANA has given to nobody yet, :: and IPv4-compatible addresses (RFC 4291 §2.5.5.1) among it.
      return classify(canonical(bytes), 'ipv6') ?? 'never';
    }
    default:
      return 'never';
  }
}

const ranks: Record<AddressClass, number> = { public: 0, private: 1, loopback: 2, never: 3 };

/** Whether an address of class `found` may be dialled on the word of somebody at `limit`. */
export function isAdmissible(found: AddressClass, limit: AddressClass): boolean {
  return found !== 'never' && ranks[found] <= (limit === 'never' ? ranks.public : ranks[limit]);
}

export function mostPublic(found: readonly AddressClass[]): AddressClass | undefined {
  return [...found].sort((one, other) => ranks[one] - ranks[other])[0];
}

export function mostPrivate(found: readonly AddressClass[]): AddressClass | undefined {
  return [...found].sort((one, other) => ranks[other] - ranks[one])[0];
}

function classify(address: string, family: 'ipv4' | 'ipv6'): AddressClass | undefined {
  return classes[family].find(({ block }) => block.check(address, family))?.name;
}

function compile(rows: readonly [AddressClass, ...string[]][]): { name: AddressClass; block: BlockList }[] {
  return rows.map(([name, ...ranges]) => ({ name, block: blockOf(...ranges) }));
}

function blockOf(...ranges: string[]): BlockList {
  const block = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    block.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return block;
}

/** @param address valid IPv6 without a zone */
function bytesOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, before = '', ...quad] = dotted ?? [];
  const pair = (high: number) => ((Number(quad[high]) << 8) | Number(quad[high + 1])).toString(16);
  const [head = '', tail] = (dotted ? `${before}${pair(0)}:${pair(2)}` : address).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const middle = tail === undefined ? [] : new Array<number>(8 - left.length - right.length).fill(0);
  return [...left, ...middle, ...right].flatMap((group) => [group >> 8, group & 255]);
}

/** One form for every spelling: eight groups in hexadecimal. */
function canonical(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0));
  return groups.map((group) => group.toString(16)).join(':');
}
