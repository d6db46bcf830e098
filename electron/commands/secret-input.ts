/** Takes a secret from where the person said: a variable, or standard input; never from an argument. */
import { FairleadError } from '../../shared/errors.ts';
import { Secret } from '../runtime/secret.ts';
import type { CommandContext } from './context.ts';

/** Longer than any key or token; a file given by mistake is not read whole. */
const maxBytes = 64 * 1024;

type Source = Pick<CommandContext, 'env' | 'stdin' | 'stderr'>;

/** @returns undefined where none was named. Throws usage when it is empty. */
export async function readSecret(
  from: { readonly secretEnv: string | undefined; readonly secretStdin: boolean },
  source: Source,
): Promise<Secret | undefined> {
  if (from.secretEnv !== undefined) return checked(source.env[from.secretEnv] ?? '');
  if (!from.secretStdin) return undefined;
  return checked(source.stdin.isTTY === true ? await ask(source) : await readAll(source.stdin));
}

function checked(text: string): Secret {
  if (text !== '') return new Secret(text);
  throw new FairleadError('usage', 'The secret is empty.', {
    help: 'Nothing was stored. Run this again with it.',
  });
}

async function readAll(stdin: Source['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const data = Buffer.from(chunk as Uint8Array);
    bytes += data.length;
    if (bytes > maxBytes) {
      throw new FairleadError('usage', 'What came on standard input is too long to be a secret.', {
        help: 'Give the secret alone.',
      });
    }
    chunks.push(data);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** Reads a line from a terminal without showing it. */
function ask({ stdin, stderr }: Source): Promise<string> {
  stderr.write('Secret (not shown): ');
  stdin.setRawMode?.(true);
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    const finish = (settle: () => void) => {
      stdin.off('data', read);
      stdin.setRawMode?.(false);
      stdin.pause();
      stderr.write('\n');
      settle();
    };
    const read = (chunk: Buffer) => {
      for (const character of chunk.toString('utf8')) {
        // In raw mode the terminal leaves all of these to us.
        if (character === '\r' || character === '\n' || character === '\u0004') {
          finish(() => resolve(typed.join('')));
          return;
        }
        if (character === '\u0003') {
          finish(() => reject(new FairleadError('cancelled', 'Nothing was changed.')));
          return;
        }
        if (character === '\u007f' || character === '\b') typed.pop();
        else if (character === '\u0015') typed.length = 0;
        else typed.push(character);
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}
