/** The command `platform`: an authorization server to try Fairlead with. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { errorReport, FairleadError } from '../../shared/errors.ts';
import { runProgram } from '../run-program.ts';
import { userIdOf, type NewUser } from './accounts.ts';
import { openDatabase } from '../database/open.ts';
import { startPlatform } from './start.ts';

interface ServeFlags {
  port: number;
  data?: string;
  user: UserFlag[];
  hosted: HostedFlag[];
  accessTokenSeconds: number;
  idleSeconds: number;
}

interface UserFlag {
  readonly email: string;
  readonly variable: string;
}

interface HostedFlag {
  readonly email: string;
  readonly name: string;
}

/** The built programs lie side by side. */
const containerProgram = join(dirname(fileURLToPath(import.meta.url)), 'container.js');

function createProgram(): Command {
  const program = new Command('platform')
    .description('A small platform to try Fairlead with.')
    .exitOverride();
  program
    .command('serve')
    .description('serve until SIGTERM or Ctrl-C')
    .option('--port <n>', 'port to listen on, 0 for any', parsePort, 4000)
    .option('--user <email:VAR>', 'a user, and the variable that has the password; repeatable', addUser, [])
    .option(
      '--hosted <email:name>',
      'a container that the platform runs for a user; repeatable',
      addHosted,
      [],
    )
    .option('--data <dir>', 'where all of it is kept; left out, it is forgotten at the end')
    .option(
      '--idle-seconds <n>',
      'when a hosted container that nobody calls goes to sleep',
      parseSeconds,
      900,
    )
    .option('--access-token-seconds <n>', 'lifetime of access tokens', parseSeconds, 300)
    .addHelpText(
      'after',
      '\nExample: MAYA=… platform serve --port 4000 --user maya@example.com:MAYA\n\nDATABASE_URL names a PostgreSQL server to use in place of the embedded one.',
    )
    .action(serve);
  return program;
}

async function serve({
  port,
  data,
  user,
  hosted,
  accessTokenSeconds,
  idleSeconds,
}: ServeFlags): Promise<void> {
  const named = user.map(({ email, variable }) => ({ email, password: readPassword(variable) }));
  const users = named.length > 0 ? named : [demoUser()];
  if (data !== undefined) await makeFolder(data);
  const below = (name: string) => (data === undefined ? undefined : join(data, name));
  const database = await openDatabase(
    { url: process.env['DATABASE_URL'], folder: below('database') },
    (thrown) => void process.stderr.write(`platform: ${errorReport(thrown).message}\n`),
  );
  try {
    const folder = below('hosted');
    const kept = { database, folder, containerProgram, hostedIdleMs: idleSeconds * 1_000 };
    const platform = await startPlatform({ ...kept, port, users, accessTokenSeconds });
    for (const { email, name } of hosted) await platform.host({ userId: userIdOf(email), name });
    const stop = () => void platform.close().then(() => database.close());
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    process.stdout.write(`Platform listening at ${platform.issuer}\n`);
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    // Its keys are in there.
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new FairleadError('usage', 'The folder of --data cannot be made.', { cause });
  }
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

function addHosted(text: string, earlier: HostedFlag[]): HostedFlag[] {
  const [, email, name] = /^([^\s:@]+@[^\s:@]+):([a-z0-9][a-z0-9._-]{0,62})$/i.exec(text) ?? [];
  if (email === undefined || name === undefined) {
    throw new InvalidArgumentError('Write the e-mail of a user, a colon, and a name for the container.');
  }
  return [...earlier, { email, name }];
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}

function parseSeconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Write 1 to 999999 seconds.');
  return Number(text);
}

await runProgram('platform', createProgram());
