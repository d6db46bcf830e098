/** Resolves a name once and has every address of it judged before one of them is dialled (attack: DNS rebinding). */
import type { LookupAddress } from 'node:dns';
import { lookup as resolveName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { delay } from '../../runtime/clock.ts';

/** Behind a proxy there is often no name service for the world outside, and no answer either. */
const proxyLookupMs = 1_000;

/** Judges all addresses of a host together. Rejects with a FairleadError to have none of them dialled. */
export type Admit = (addresses: readonly string[], host: string) => Promise<void>;

/** All addresses of a name, in the order in which to try them. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export interface Gate {
  /** For `net.connect`: hands out admitted addresses only. Node does not ask it about literal addresses. */
  readonly lookup: LookupFunction;
  /** Judges a literal address; a name is left to `lookup`. */
  checkLiteral(host: string): Promise<void>;
  /**
   * Judges what a proxy will be asked to reach. The proxy resolves the name by itself, perhaps differently: a name
   * that this machine can resolve within a second is judged by that, one that it cannot is let through.
   */
  checkForProxy(host: string): Promise<void>;
}

export function createGate(options: { admit: Admit; resolve?: Resolve | undefined }): Gate {
  const { admit, resolve = (host: string) => resolveName(host, { all: true }) } = options;

  const admitted = async (host: string): Promise<readonly LookupAddress[]> => {
    const found = await resolve(host);
    await admit(addressesOf(found), host);
    return found;
  };

  return {
    lookup(host, { all }, callback) {
      admitted(host).then(
        (found) => {
          const [first] = found;
          if (first === undefined) callback(notFound(host), '');
          else if (all === true) callback(null, [...found]);
          else callback(null, first.address, first.family);
        },
        (thrown: unknown) => callback(thrown instanceof Error ? thrown : new Error('Not resolved.'), ''),
      );
    },
    async checkLiteral(host) {
      if (isIP(host) !== 0) await admit([host], host);
    },
    async checkForProxy(host) {
      if (isIP(host) !== 0) return admit([host], host);
      const unknown = delay(proxyLookupMs).then(() => []);
      const found = await Promise.race([resolve(host).catch(() => []), unknown]);
      if (found.length > 0) await admit(addressesOf(found), host);
    },
  };
}

function addressesOf(found: readonly { address: string }[]): string[] {
  return found.map(({ address }) => address);
}

function notFound(host: string): Error {
  return Object.assign(new Error(`No address for ${host}.`), { code: 'ENOTFOUND' });
}
