/** Options that are known and refused with a reason: secrets as arguments, and what later versions will have. */
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

/** Part of the contract in docs/cli.md, and not of this version. */
export const laterOptions = ['--allow-tool <glob>', '--deny-tool <glob>'];

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

/** Throws usage when an option of a later version was given. */
export function refuseLater(options: Record<string, unknown>): void {
  for (const flags of laterOptions) {
    const name = flags.split(' ')[0] ?? flags;
    const key = name.slice(2).replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
    if (options[key] === undefined) continue;
    throw new FairleadError('usage', `This version does not have ${name} yet.`, {
      help: 'Leave it out; `fairlead add --help` lists what it has.',
    });
  }
}
