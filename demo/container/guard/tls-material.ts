/** The container's own certificate, and whose certificates it asks of who connects, from the files of config.yaml. */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { dirname, resolve } from 'node:path';
import { FairleadError } from '../../../shared/errors.ts';
import type { CertificateMode } from './certificate-config.ts';
import type { ContainerConfig, GuardConfig } from './config.ts';
import type { MtlsMode } from './mtls-config.ts';

/** PEM texts. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Only who has a certificate of this authority's may connect. */
  readonly clientCa?: string | undefined;
  /** Of those only the platform's gateway. */
  readonly onlyGateway?: boolean;
}

/** @returns nothing where config.yaml names no certificate. Throws `config_invalid`. */
export async function readTlsMaterial(
  configFile: string,
  { auth, tls }: ContainerConfig,
): Promise<TlsMaterial | undefined> {
  const files = asksForCertificate(auth) ? auth : tls;
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
    ...(asksForCertificate(auth) && {
      clientCa: await read(auth.platform_ca),
      onlyGateway: auth.mode === 'mtls',
    }),
  };
  checkMaterial(material, configFile);
  return material;
}

function asksForCertificate(auth: GuardConfig): auth is MtlsMode | CertificateMode {
  return auth.mode === 'mtls' || auth.mode === 'certificate';
}

/** A certificate that is none, or not the key's, would end each handshake without a word. */
function checkMaterial({ cert, key, clientCa }: TlsMaterial, configFile: string): void {
  try {
    createSecureContext({ cert, key, ca: clientCa });
  } catch (cause) {
    throw new FairleadError('config_invalid', `The certificate and key of ${configFile} do not fit.`, {
      help: 'Both must be PEM, and the certificate made for the key.',
      cause,
    });
  }
}
