/** What a TLS connection trusts and shows: `--ca` on top of this machine's authorities, and a certificate of the broker's. */
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { FairleadError } from '../../../shared/errors.ts';
import type { TlsIdentity, TlsTrust } from '../../credentials/broker.ts';
import type { Logger } from '../../runtime/logger.ts';
import { certificatesIn, readTrustRoots } from './trust-roots.ts';

/**
 * Loading every authority blocks the event loop for some 40 ms and most servers need none of the unusual ones: so a
 * connection is tried with `near` (the given CA, or Node's own authorities, which cost nothing), and with `all` only
 * when `near` does not know the server's authority.
 */
export interface TlsContexts {
  /** @param shown the client certificate; undefined: none */
  near(shown: TlsIdentity | undefined): Promise<SecureContext>;
  all(shown: TlsIdentity | undefined): Promise<SecureContext>;
}

/** Nothing is read before the first call. Both throw FairleadError `config_invalid` for a file that is of no use. */
export function createTlsContexts(options: {
  ca: string | undefined;
  env: NodeJS.ProcessEnv;
  log: Logger | undefined;
}): TlsContexts {
  const { ca: file, env, log } = options;
  const readCa = async () => (file === undefined ? undefined : readCertificates(file));
  return {
    near: perCertificate(async (shown) => {
      const ca = await readCa();
      return createContext(ca && { ca }, shown);
    }),
    all: perCertificate(
      async (shown) => {
        const ca = await readCa();
        return createContext({ ca: [...(await readTrustRoots(env, log)), ...(ca ?? [])] }, shown);
      },
      () => env['NODE_EXTRA_CA_CERTS'],
    ),
  };
}

async function readCertificates(file: string): Promise<string[]> {
  const found = certificatesIn(await readPem(file));
  if (found.length > 0) return found;
  throw unusable(
    `The file given with --ca has no certificate in it: ${file}`,
    'It must be PEM, with a line "BEGIN CERTIFICATE".',
  );
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw unusable(
      `The file given with --ca cannot be read: ${file}`,
      'Check that it exists and that you may read it.',
      thrown,
    );
  }
}

function createContext(
  authorities: { ca: string[] } | undefined,
  shown: TlsIdentity | undefined,
): SecureContext {
  // A given intermediate is trusted without its root, as curl does.
  const trust: TlsTrust = { ...authorities, allowPartialTrustChain: authorities !== undefined };
  try {
    return shown === undefined ? createSecureContext(trust) : shown.contextFor(trust);
  } catch (thrown) {
    throw unusable('The file given with --ca cannot be used.', 'It must be PEM.', thrown);
  }
}

function unusable(message: string, help: string, cause?: unknown): FairleadError {
  return new FairleadError('config_invalid', message, { help, cause });
}

const nobody = {};

/**
 * Makes one for each certificate. A failure is not kept: the person may have repaired the file.
 * @param basis on what those that were made depend
 */
function perCertificate(
  make: (shown: TlsIdentity | undefined) => Promise<SecureContext>,
  basis: () => string | undefined = () => undefined,
): (shown: TlsIdentity | undefined) => Promise<SecureContext> {
  let madeOn = basis();
  let made = new WeakMap<object, Promise<SecureContext>>();
  return (shown) => {
    const now = basis();
    if (now !== madeOn) {
      madeOn = now;
      made = new WeakMap();
    }
    const key = shown ?? nobody;
    const known = made.get(key);
    if (known !== undefined) return known;
    const context = make(shown).catch((thrown: unknown) => {
      made.delete(key);
      throw thrown;
    });
    made.set(key, context);
    return context;
  };
}
