/** The container's own certificate, and whose certificates it asks of who connects, from the files of config.yaml. */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { dirname, resolve } from 'node:path';
import { FairleadError } from '../../../shared/errors.ts';
import type { ContainerConfig } from './config.ts';

/** PEM texts. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Only who has a certificate of this authority's may connect, and of those only the platform's gateway. */
  readonly gatewayCa?: string | undefined;
}

/** @returns nothing where config.yaml names no certificate. Throws `config_invalid`. */
export async function readTlsMaterial(
  configFile: string,
  { auth, tls }: ContainerConfig,
): Promise<TlsMaterial | undefined> {
  const files = auth.mode === 'mtls' ? auth : tls;
  if (files === undefined) return undefined;
  const read = async (name: string) => {
    try {
      return await readFile(resolve(dirname(configFile), name), 'utf8');
    } catch (cause) {
      throw new FairleadError('config_invalid', `A file that ${configFile} names cannot be read.`, {
        help: 'Check the names of the certificate, its key and the authority; they begin where config.yaml is.',
        cause,
      });
    }
  };
  const material = {
    cert: await read(files.certificate),
    key: await read(files.key),
    ...(auth.mode === 'mtls' && { gatewayCa: await read(auth.platform_ca) }),
  };
  checkMaterial(material, configFile);
  return material;
}

/** A certificate that is none, or not the key's, would end each handshake without a word. */
function checkMaterial({ cert, key, gatewayCa }: TlsMaterial, configFile: string): void {
  try {
    createSecureContext({ cert, key, ca: gatewayCa });
  } catch (cause) {
    throw new FairleadError('config_invalid', `The certificate and key of ${configFile} do not fit.`, {
      help: 'Both must be PEM, and the certificate made for the key.',
      cause,
    });
  }
}
