/** Options that are known and refused with a reason: secrets as arguments. */
import { FairleadError } from '../../shared/errors.ts';

/** A process list shows every argument to every user of the machine. */
export const secretOptions = [
  '--secret [value]',
  '--api-key [value]',
  '--token [value]',
  '--password [value]',
  '--passphrase [value]',
];
const secretNames = ['secret', 'apiKey', 'token', 'password', 'passphrase'];

/** Throws usage when a secret was given as an argument. Its value is not quoted. */
export function refuseSecretOption(options: Record<string, unknown>): void {
  if (!secretNames.some((name) => options[name] !== undefined)) return;
  throw new FairleadError(
    'usage',
    'A secret is never an argument: other users of this machine could read it.',
    {
      help: 'Put it into an environment variable and name that with --secret-env, or use --secret-stdin (a passphrase: --passphrase-env, --passphrase-stdin). Renew this one.',
    },
  );
}
