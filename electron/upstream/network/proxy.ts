/** Which proxy a container is reached through: HTTPS_PROXY, HTTP_PROXY and NO_PROXY as curl reads them. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { FairleadError } from '../../../shared/errors.ts';
import { meansLoopback } from '../../../shared/loopback.ts';
import { Secret } from '../../runtime/secret.ts';
import { neverSent } from './network-errors.ts';

export interface Proxy {
  /** Without user name and password. */
  readonly url: URL;
  /** For `Proxy-Authorization`. */
  readonly authorization: Secret | undefined;
}

/**
 * Lower-case variables win, as in curl. This machine's own addresses are never reached through a proxy.
 * @returns undefined to connect directly
 * @throws FairleadError `proxy_failed` when the variable holds no usable address; its value is never in the message
 */
export function chooseProxy(target: URL, env: NodeJS.ProcessEnv): Proxy | undefined {
  const scheme = target.protocol === 'https:' ? 'https' : 'http';
  const value = readVariable(env, `${scheme}_proxy`);
  if (value === '' || meansLoopback(target.hostname) || bypasses(target, readVariable(env, 'no_proxy')))
    return undefined;
  return parseProxy(value, `${scheme.toUpperCase()}_PROXY`);
}

/** @param name in lower case: so it wins */
export function readVariable(env: NodeJS.ProcessEnv, name: string): string {
  return (env[name]?.trim() || env[name.toUpperCase()]?.trim()) ?? '';
}

function parseProxy(value: string, variable: string): Proxy {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw neverSent(
      new FairleadError('proxy_failed', `The address in ${variable} is not that of an HTTP proxy.`, {
        help: `Set ${variable} to http://host:port, or unset it.`,
      }),
    );
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const credentials = `${decode(username)}:${decode(password)}`;
  const authorization =
    username === '' && password === ''
      ? undefined
      : new Secret(`Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`);
  return { url, authorization };
}

/** A lone % in a password is meant as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The host in lower case, without brackets and without the root's dot. */
function hostOf(url: URL): string {
  return url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/**
 * `NO_PROXY`: names with everything below them, addresses, address ranges (10.0.0.0/8), each with a port if wanted,
 * separated by commas or blanks; `*` is everything.
 */
function bypasses(target: URL, list: string): boolean {
  const host = hostOf(target);
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry === '*' || (entry !== '' && matches(entry, host, port)));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry.includes('/')) return inRange(entry, host);
  const parts = /^(?:\[(?<address>[^\]]*)\]|(?<name>[^:]*))(?::(?<port>\d+))?$/.exec(entry)?.groups;
  // What has several colons and no brackets is an IPv6 address alone.
  const named = parts === undefined ? entry : (parts['address'] ?? parts['name'] ?? '');
  if (parts?.['port'] !== undefined && parts['port'] !== port) return false;
  if (isIP(named) !== 0 || isIP(host) !== 0) return sameAddress(named, host);
  const name = named.replace(/^\*?\.|\.$/g, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function inRange(entry: string, host: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128))
    return false;
  const range = new BlockList();
  range.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return range.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** IPv6 addresses have many spellings; the URL parser knows the one form. */
function sameAddress(one: string, other: string): boolean {
  if (isIPv6(one) && isIPv6(other))
    return new URL(`http://[${one}]`).hostname === new URL(`http://[${other}]`).hostname;
  return one === other;
}
