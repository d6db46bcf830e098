/** The command `container`: serve, and the tokens that enter it. */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { FairleadError } from '../../shared/errors.ts';
import { runProgram } from '../run-program.ts';
import { createToken, listTokens, revokeToken } from './guard/token-file.ts';
import { startContainer } from './start.ts';

interface ServeFlags {
  config: string;
  port: number;
  data: string;
  host: string;
  cert?: string;
  key?: string;
  tied: boolean;
}

const configFlag = ['--config <file>', 'how the container is entered', 'config.yaml'] as const;

function createProgram(): Command {
  const program = new Command('container')
    .description('A small MCP server to try Fairlead with.')
    .exitOverride();

  program
    .command('serve')
    .description('serve MCP until SIGTERM or Ctrl-C')
    .option(...configFlag)
    .option('--port <n>', 'port to listen on, 0 for any', parsePort, 3100)
    .option('--data <dir>', 'where the notes are kept', 'container-data')
    .option('--host <address>', 'address to listen on; beyond loopback needs tokens and TLS', '127.0.0.1')
    .option('--cert <file>', 'TLS certificate, PEM')
    .option('--key <file>', 'TLS key, PEM')
    .option('--tied', 'end with stdin, too: with the program that started this one', false)
    .addHelpText('after', '\nExample: container serve --config config.yaml --port 3100')
    .action(serve);

  const token = program.command('token').description('who may enter (auth.mode token)');
  token
    .command('create <name>')
    .description('print a new secret, once; only its hash is kept')
    .option(...configFlag)
    .addHelpText('after', '\nExample: container token create my-laptop')
    .action(async (name: string, { config }: { config: string }) => {
      process.stdout.write(`${await createToken(config, name)}\n`);
    });
  token
    .command('list')
    .description('print the names')
    .option(...configFlag)
    .action(async ({ config }: { config: string }) => {
      for (const name of await listTokens(config)) process.stdout.write(`${name}\n`);
    });
  token
    .command('revoke <name>')
    .description('forget a token, at once')
    .option(...configFlag)
    .action(async (name: string, { config }: { config: string }) => revokeToken(config, name));
  return program;
}

async function serve({ config, port, data, host, cert, key, tied }: ServeFlags): Promise<void> {
  const tls = await readTls(cert, key);
  const container = await startContainer({
    config,
    port,
    dataDir: data,
    host,
    tls,
    databaseUrl: process.env['DATABASE_URL'],
  });
  const stop = () => {
    // Else it would be waited for.
    process.stdin.destroy();
    void container.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (tied) process.stdin.once('close', stop).resume();
  process.stdout.write(`Container listening at ${container.url} (auth mode ${container.mode})\n`);
}

async function readTls(cert?: string, key?: string): Promise<{ cert: string; key: string } | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new FairleadError('usage', '--cert and --key go together.');
  }
  try {
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  } catch (cause) {
    throw new FairleadError('usage', 'The files of --cert and --key cannot be read.', { cause });
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}

await runProgram('container', createProgram());
