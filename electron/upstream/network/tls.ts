/** What a TLS connection trusts and shows: `--ca`, `--cert` and `--key` on top of this machine's authorities. */
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsSettings } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { certificatesIn, readTrustRoots } from './trust-roots.ts';

/**
 * Loading every authority blocks the event loop for some 40 ms and most servers need none of the unusual ones: so a
 * connection is tried with `near` (the given CA, or Node's own authorities, which cost nothing), and with `all` only
 * when `near` does not know the server's authority.
 */
export interface TlsContexts {
  near(): Promise<SecureContext>;
  all(): Promise<SecureContext>;
}

/** Nothing is read before the first call. Both throw FairleadError `config_invalid` for a file that is of no use. */
export function createTlsContexts(options: {
  settings: TlsSettings;
  env: NodeJS.ProcessEnv;
  log: Logger | undefined;
}): TlsContexts {
  const { settings, env, log } = options;
  return {
    near: once(async () => createContext(await readFiles(settings))),
    all: once(async () => {
      const { ca = [], ...identity } = await readFiles(settings);
      return createContext({ ...identity, ca: [...(await readTrustRoots(env, log)), ...ca] });
    }),
  };
}

interface Files {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

async function readFiles({ ca, cert, key }: TlsSettings): Promise<Files> {
  if ((cert === undefined) !== (key === undefined)) {
    throw unusable(
      'A client certificate needs both its certificate and its key.',
      'Give --cert and --key together.',
    );
  }
  return {
    ...(ca === undefined ? {} : { ca: await readCertificates('--ca', ca) }),
    ...(cert === undefined ? {} : { cert: (await readCertificates('--cert', cert)).join('\n') }),
    ...(key === undefined ? {} : { key: await readPem('--key', key) }),
  };
}

async function readCertificates(option: string, file: string): Promise<string[]> {
  const found = certificatesIn(await readPem(option, file));
  if (found.length > 0) return found;
  throw unusable(
    `The file given with ${option} has no certificate in it: ${file}`,
    'It must be PEM, with a line "BEGIN CERTIFICATE".',
  );
}

async function readPem(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw unusable(
      `The file given with ${option} cannot be read: ${file}`,
      'Check that it exists and that you may read it.',
      thrown,
    );
  }
}

function createContext(files: SecureContextOptions & Files): SecureContext {
  const { cert, key, ...trust } = files;
  const identity = cert === undefined || key === undefined ? {} : { cert, key };
  try {
    // A given intermediate is trusted without its root, as curl does.
    return createSecureContext({ ...trust, ...identity, allowPartialTrustChain: files.ca !== undefined });
  } catch (thrown) {
    const mismatch =
      thrown instanceof Error &&
      /KEY_VALUES_MISMATCH|key values mismatch/i.test(
        `${String(Reflect.get(thrown, 'code'))} ${thrown.message}`,
      );
    throw mismatch
      ? unusable(
          'The key given with --key is not that of the certificate given with --cert.',
          'Give the two files that belong together.',
          thrown,
        )
      : unusable(
          'The files given with --ca, --cert or --key cannot be used.',
          'They must be PEM, and the key without a passphrase.',
          thrown,
        );
  }
}

function unusable(message: string, help: string, cause?: unknown): FairleadError {
  return new FairleadError('config_invalid', message, { help, cause });
}

/** A failure is not kept: the person may have repaired the file. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((thrown: unknown) => {
      made = undefined;
      throw thrown;
    });
    return made;
  };
}
