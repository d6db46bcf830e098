/** The command line's commands (docs/cli.md), and what their end means to the shell. */
import { Command, CommanderError } from 'commander';
import { exitStatus, FairleadError } from '../../shared/errors.ts';
import { usageOf } from '../containers/options.ts';
import { profilePaths } from '../runtime/paths.ts';
import { version } from '../runtime/version.ts';
import { declareActivity } from './activity.ts';
import { declareAdd } from './add.ts';
import { declareAudit } from './audit.ts';
import { declareAuth } from './auth.ts';
import { declareBundle } from './bundle.ts';
import { declareConsent } from './consent.ts';
import { declareClients } from './clients.ts';
import { declareConnect, declareDisconnect } from './connect.ts';
import type { CommandContext } from './context.ts';
import { declareCore, declareStop } from './core.ts';
import { declareDoctor } from './doctor.ts';
import { declareImport } from './import.ts';
import { declareLink } from './link.ts';
import { declareList, declareRemove } from './list.ts';
import { createOutput } from './output.ts';
import { declarePin } from './pin.ts';
import { declarePause, declareResume } from './pause.ts';
import { declareAllow, declareDeny } from './policy.ts';
import { declarePlatform } from './platform-containers.ts';
import { declareLogin, declareLogout, declareWhoami } from './platform.ts';
import { declareLogs } from './records.ts';
import { declareStatus } from './status.ts';
import { declareToken } from './token.ts';
import { declareCall, declareTools } from './tools.ts';

const declarations = {
  add: declareAdd,
  auth: declareAuth,
  login: declareLogin,
  logout: declareLogout,
  whoami: declareWhoami,
  platform: declarePlatform,
  token: declareToken,
  list: declareList,
  status: declareStatus,
  remove: declareRemove,
  tools: declareTools,
  call: declareCall,
  allow: declareAllow,
  deny: declareDeny,
  consent: declareConsent,
  pause: declarePause,
  resume: declareResume,
  connect: declareConnect,
  disconnect: declareDisconnect,
  clients: declareClients,
  import: declareImport,
  link: declareLink,
  bundle: declareBundle,
  pin: declarePin,
  doctor: declareDoctor,
  core: declareCore,
  stop: declareStop,
  logs: declareLogs,
  activity: declareActivity,
  audit: declareAudit,
};

export interface CommandLine extends Pick<
  CommandContext,
  'env' | 'cwd' | 'programFolder' | 'stdin' | 'runCore'
> {
  /** As typed, without the programs' own names. */
  readonly args: readonly string[];
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Runs one command line. @returns its exit status (docs/cli.md); never throws */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const { args, env, stdout, stderr } = line;
  const output = createOutput({ stdout, stderr, env, json: args.includes('--json') });
  let status = 0;
  const context: CommandContext = {
    ...line,
    paths: profilePaths(env),
    output,
    exitWith: (given) => {
      status = given;
    },
  };
  try {
    await createProgram(context, line).parseAsync([...args], { from: 'user' });
    return status;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const error = thrown instanceof CommanderError ? usageOf(thrown) : thrown;
    output.error(error);
    return exitStatus(error);
  }
}

function createProgram(context: CommandContext, { stdout }: CommandLine): Command {
  const program = new Command('fairlead')
    .description('One warm, local bridge between MCP clients and remote MCP servers.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: () => undefined })
    .addHelpText('after', '\nExample:\n  fairlead add notes https://notes.example.com/mcp --secret-stdin');
  program
    .command('stdio')
    .description("the stdio MCP endpoint, for a client's config")
    .argument('<container>', 'a configured name, or a URL with the options of add')
    .addHelpText('after', '\nExample:\n  fairlead stdio notes')
    .action(() => {
      throw new FairleadError('usage', '`stdio` comes first: fairlead stdio <container>.');
    });
  for (const [name, declare] of Object.entries(declarations)) {
    declare(program.command(name).option('--json', 'print one JSON document and nothing else'), context);
  }
  return program;
}
