/** Where a container's secrets are taken from, read from the options of `fairlead add`: never from an argument itself. */
import { FairleadError } from '../../shared/errors.ts';

export interface RawSecrets {
  secretEnv?: string;
  clientSecretEnv?: string;
  secretStdin?: boolean;
  passphraseEnv?: string;
  passphraseStdin?: boolean;
}

export interface SecretSources {
  /** The variable that holds the secret. */
  readonly secretEnv: string | undefined;
  readonly secretStdin: boolean;
  /** The same of what opens the key of its client certificate. */
  readonly passphraseEnv: string | undefined;
  readonly passphraseStdin: boolean;
}

/**
 * @param env asked for what the variables hold, where it is given
 * @throws FairleadError usage; its message quotes no value that could be a secret
 */
export function secretSources(raw: RawSecrets, env: NodeJS.ProcessEnv | undefined): SecretSources {
  const secretStdin = raw.secretStdin === true;
  const passphraseStdin = raw.passphraseStdin === true;
  const variables = [raw.secretEnv, raw.clientSecretEnv].filter((each) => each !== undefined);
  if (variables.length + (secretStdin ? 1 : 0) > 1)
    throw usage('Give either --secret-env or --secret-stdin, or --client-secret-env, once.');
  if (raw.passphraseEnv !== undefined && passphraseStdin)
    throw usage('Give either --passphrase-env or --passphrase-stdin.');
  if (secretStdin && passphraseStdin)
    throw usage(
      'Standard input holds one secret: --secret-stdin or --passphrase-stdin.',
      'Give the other one with --secret-env or --passphrase-env.',
    );
  checkVariable('--secret-env', raw.secretEnv, env);
  checkVariable('--client-secret-env', raw.clientSecretEnv, env);
  checkVariable('--passphrase-env', raw.passphraseEnv, env);
  return {
    secretEnv: raw.clientSecretEnv ?? raw.secretEnv,
    secretStdin,
    passphraseEnv: raw.passphraseEnv,
    passphraseStdin,
  };
}

function checkVariable(
  option: string,
  variable: string | undefined,
  env: NodeJS.ProcessEnv | undefined,
): void {
  if (variable === undefined) return;
  // Anything else is likely the secret itself, so it is not quoted.
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(variable)) {
    throw usage(
      `${option} takes the name of an environment variable.`,
      'A secret itself is never an argument.',
    );
  }
  if (env !== undefined && (env[variable] ?? '') === '') {
    throw usage(
      `The environment variable that ${option} names is not set, or empty.`,
      'Set it and run this again.',
    );
  }
}

function usage(message: string, help?: string): FairleadError {
  return new FairleadError('usage', message, { help });
}
