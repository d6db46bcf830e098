/** The command `platform`: an authorization server to try Fairlead with. */
import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { FairleadError } from '../../shared/errors.ts';
import { runProgram } from '../run-program.ts';
import type { NewUser } from './accounts.ts';
import { startPlatform } from './start.ts';

interface ServeFlags {
  port: number;
  user: UserFlag[];
  accessTokenSeconds: number;
}

interface UserFlag {
  readonly email: string;
  readonly variable: string;
}

function createProgram(): Command {
  const program = new Command('platform')
    .description('A small platform to try Fairlead with.')
    .exitOverride();
  program
    .command('serve')
    .description('serve until SIGTERM or Ctrl-C')
    .option('--port <n>', 'port to listen on, 0 for any', parsePort, 4000)
    .option('--user <email:VAR>', 'a user, and the variable that has the password; repeatable', addUser, [])
    .option('--access-token-seconds <n>', 'lifetime of access tokens', parseSeconds, 300)
    .addHelpText('after', '\nExample: MAYA=… platform serve --port 4000 --user maya@example.com:MAYA')
    .action(serve);
  return program;
}

async function serve({ port, user, accessTokenSeconds }: ServeFlags): Promise<void> {
  const named = user.map(({ email, variable }) => ({ email, password: readPassword(variable) }));
  const users = named.length > 0 ? named : [demoUser()];
  const platform = await startPlatform({ port, users, accessTokenSeconds });
  const stop = () => void platform.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`Platform listening at ${platform.issuer}\n`);
}

function readPassword(variable: string): string {
  const password = process.env[variable] ?? '';
  if (password !== '') return password;
  throw new FairleadError('usage', `The variable ${variable} of --user has no password in it.`);
}

/** Without --user there is one person, whose password is told here and nowhere else. */
function demoUser(): NewUser {
  const [email, password] = ['maya@example.com', randomBytes(9).toString('base64url')];
  process.stdout.write(`Sign in as ${email} with the password ${password}\n`);
  return { email, password };
}

function addUser(text: string, earlier: UserFlag[]): UserFlag[] {
  const [, email, variable] = /^([^\s:@]+@[^\s:@]+):([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (email === undefined || variable === undefined) {
    throw new InvalidArgumentError('Write the e-mail, a colon, and the name of a variable.');
  }
  return [...earlier, { email, variable }];
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}

function parseSeconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('A lifetime is 1 to 999999 seconds.');
  return Number(text);
}

await runProgram('platform', createProgram());
