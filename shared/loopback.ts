/** Which hosts are this machine: where plain http is safe, and what no proxy and no stranger may lead to. */

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ipv4 = new RegExp(`^127(?:\\.${octet}){3}$`);

/**
 * Whether a host is this machine for certain, so that what is sent there meets no network.
 * @param host as URL parsing or a person gives it, with or without brackets and the root's dot
 */
export function isLoopback(host: string): boolean {
  const name = bare(host);
  return name === 'localhost' || name === '::1' || ipv4.test(name);
}

/**
 * Whether a host means this machine: names below `localhost` too (RFC 6761 §6.3), though some resolvers ask the network
 * about those, and IPv4 as IPv6 writes it.
 */
export function meansLoopback(host: string): boolean {
  const name = bare(host);
  return isLoopback(host) || name.endsWith('.localhost') || /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(name);
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$|\.$/g, '$1');
}
