/** Decides which addresses a discovered URL may lead to: none more private than the server that the person configured. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FairleadError } from '../../../shared/errors.ts';
import { addressClass, isAdmissible, mostPrivate, mostPublic, type AddressClass } from './address-class.ts';

/** Judges all addresses of a host together, before one of them is dialled. Rejects with `address_refused`. */
export type Admit = (addresses: readonly string[], host: string) => Promise<void>;

export type ResolveAddresses = (host: string) => Promise<readonly { readonly address: string }[]>;

/**
 * @param options.configured the container's URL, and endpoints that the person gave: the most private of them counts
 * @param options.resolve default: as the system does
 */
export function createAdmission(options: {
  configured: readonly URL[];
  resolve?: ResolveAddresses | undefined;
}): Admit {
  const { configured, resolve = (host: string) => lookup(host, { all: true }) } = options;
  const hosts = configured.map(({ hostname }) => hostname.replace(/^\[|\]$/g, ''));
  const seen = new Map<string, AddressClass>();

  const classOf = async (host: string): Promise<AddressClass> => {
    if (isIP(host) !== 0) return addressClass(host);
    const found = await resolve(host).catch(() => []);
    const classes = found.map(({ address }) => addressClass(address));
    const before = seen.get(host);
    // The most public it ever was: a name that moves inwards (DNS rebinding) takes nothing else along.
    const now = mostPublic(before === undefined ? classes : [...classes, before]) ?? 'public';
    if (classes.length > 0) seen.set(host, now);
    return now;
  };

  return async (addresses) => {
    const limit = mostPrivate((await Promise.all(hosts.map(classOf))).filter((each) => each !== 'never'));
    for (const address of addresses) {
      if (!isAdmissible(addressClass(address), limit ?? 'public')) throw addressRefused();
    }
  };
}

function addressRefused(): FairleadError {
  return new FairleadError(
    'address_refused',
    'What the container says about signing in leads to an address that is closed to it, such as one of this machine or of a private network.',
    {
      help: 'If the container is yours, give its metadata addresses that are as public as its own. If not, do not sign in to it.',
    },
  );
}
