/** What a container's server must show and is shown, read from the options of `fairlead add`. */
import { resolve } from 'node:path';
import { pin as pinSchema, type TlsSettings } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { tlsProblem } from './draft.ts';

export const tlsOptions = [
  ['--ca <file>', 'PEM file of the authority that signed its certificate'],
  ['--cert <file>', 'PEM file of the client certificate (mTLS), with --key'],
  ['--key <file>', 'PEM file of its private key'],
  ['--pkcs12 <file>', 'client certificate and key in one file (.p12, .pfx), in place of --cert and --key'],
  ['--passphrase-env <variable>', 'take the passphrase of the key from this environment variable'],
  ['--passphrase-stdin', 'read the passphrase of the key from standard input'],
] as const;

export interface RawTls {
  ca?: string;
  cert?: string;
  key?: string;
  pkcs12?: string;
  pin?: string[];
  passphraseEnv?: string;
  passphraseStdin?: boolean;
}

/** @throws FairleadError usage */
export function tlsOf(raw: RawTls, cwd: string): TlsSettings {
  const file = (name: 'ca' | 'cert' | 'key' | 'pkcs12') => {
    const given = raw[name];
    return given === undefined ? {} : { [name]: resolve(cwd, given) };
  };
  const pins = raw.pin ?? [];
  if (!pins.every((each) => pinSchema.safeParse(each).success)) {
    throw usage(
      'A --pin looks like sha256/<44 characters of base64>.',
      '`fairlead doctor <name>` prints the pin of a server.',
    );
  }
  const tls: TlsSettings = {
    ...file('ca'),
    ...file('cert'),
    ...file('key'),
    ...file('pkcs12'),
    ...(pins.length > 0 ? { pins } : {}),
  };
  const problem = tlsProblem(tls);
  if (problem !== undefined) throw usage(problem);
  const hasKey = tls.key !== undefined || tls.pkcs12 !== undefined;
  if (!hasKey && (raw.passphraseEnv !== undefined || raw.passphraseStdin === true))
    throw usage('A passphrase goes with --cert and --key, or with --pkcs12.');
  return tls;
}

function usage(message: string, help?: string): FairleadError {
  return new FairleadError('usage', message, { help });
}
