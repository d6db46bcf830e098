/** `fairlead status`: the live state of the core, its containers, their credentials and who uses them. */
import type { Command } from 'commander';
import { FairleadError } from '../../shared/errors.ts';
import type { AccountStatus, ContainerStatus, Snapshot } from '../../shared/status.ts';
import { withCore, type CommandContext } from './context.ts';
import { durationText, table, timeText, type Output } from './output.ts';
import { pauseText } from './pause.ts';
import { plainLine } from './plain-text.ts';

export function declareStatus(command: Command, context: CommandContext): void {
  command
    .description('show the core, its containers and its sessions')
    .argument('[name]', 'only this container')
    .addHelpText('after', '\nExample:\n  fairlead status notes')
    .action(async (name?: string) => {
      const whole = await withCore(context, 'running', (core) => core.call('status', {}));
      const shown = name === undefined ? whole : only(whole, name);
      context.output.result(shown, () => describe(shown, context.output));
    });
}

function only(snapshot: Snapshot, name: string): Snapshot {
  const containers = snapshot.containers.filter(({ container }) => container.name === name);
  if (containers.length === 0) {
    throw new FairleadError('container_unknown', `There is no container named "${plainLine(name, 64)}".`, {
      help: 'See `fairlead list`.',
    });
  }
  return {
    ...snapshot,
    containers,
    changedTools: snapshot.changedTools.filter(({ container }) => container === name),
    sessions: snapshot.sessions.filter(({ container }) => container === name),
  };
}

function describe(
  { core, containers, sessions, account, paused, changedTools }: Snapshot,
  output: Output,
): string {
  const keys = core.vault === 'memory' ? 'keys in memory only' : 'keys in the keychain';
  const blocks = [
    `Core ${core.version} is running: process ${core.pid}, since ${timeText(core.startedAt)}, ${keys}.`,
  ];
  if (paused !== undefined) blocks.push(output.paint('yellow', pauseText(paused)));
  if (account !== undefined) blocks.push(accountLine(account));
  if (containers.length === 0) blocks.push('No containers yet. Add one: fairlead add <name> <url>');
  else {
    const rows = containers.map((each) => [
      each.container.name,
      each.platform === undefined ? each.state : `${each.state} (${each.platform})`,
      each.credential.replace('_', ' '),
      String(each.sessions),
      String(each.calls),
      typical(each),
      each.container.url,
    ]);
    blocks.push(table(['CONTAINER', 'STATE', 'KEY', 'CLIENTS', 'CALLS', 'TYPICAL', 'URL'], rows));
    blocks.push(...containers.flatMap((each) => problemOf(each, output)));
    blocks.push(...changedTools.map((each) => output.paint('yellow', changedLine(each))));
  }
  if (sessions.length > 0) {
    const rows = sessions.map((each) => [
      each.client ?? 'unknown',
      each.program?.name ?? 'unknown',
      each.container,
      each.state,
      String(each.calls),
      String(each.inFlight),
      timeText(each.since),
    ]);
    blocks.push(table(['CLIENT', 'PROGRAM', 'CONTAINER', 'STATE', 'CALLS', 'IN FLIGHT', 'SINCE'], rows));
  }
  return blocks.join('\n\n');
}

function changedLine({ container, tool, held }: Snapshot['changedTools'][number]): string {
  const what = tool === undefined ? 'The instructions' : `The tool ${plainLine(tool, 80)}`;
  const how = held ? 'changed and held back' : 'changed';
  return `${container}: ${what} ${tool === undefined ? 'are' : 'is'} ${how}. See fairlead tools ${container}`;
}

function accountLine({ issuer, email, state, containers }: AccountStatus): string {
  const whose = email === undefined ? '' : ` as ${plainLine(email, 200)}`;
  switch (state) {
    case 'signed_in': {
      const currency = containers === undefined ? '' : ` ${currencyText(containers)}`;
      return `Platform ${issuer}: signed in${whose}.${currency}`;
    }
    case 'signing_in':
      return `Platform ${issuer}: a sign-in waits for you; \`fairlead login\` opens it again.`;
    case 'signed_out':
      return `Platform ${issuer}: signed out.`;
    case 'expired':
      return `Platform ${issuer}: the sign-in has expired. Run \`fairlead login\`.`;
    case 'unknown':
      return `Platform ${issuer}: the keychain cannot be asked whether you are signed in.`;
  }
}

/** How current what is known of the account's containers is. */
export function currencyText({ state, since, problem }: NonNullable<AccountStatus['containers']>): string {
  switch (state) {
    case 'loading':
      return 'Its containers are being asked for.';
    case 'live':
      return 'Its containers are live.';
    case 'polling':
      return 'It tells nothing by itself, so its containers are asked for every 30 s.';
    case 'unreachable': {
      const why = problem === undefined ? '' : `: ${plainLine(problem.message)}`;
      return `It is out of reach since ${timeText(since)}, and its containers are shown as they were${why}`;
    }
  }
}

function problemOf({ container, problem }: ContainerStatus, output: Output): string[] {
  if (problem === undefined) return [];
  const help = problem.help === undefined ? '' : ` ${problem.help}`;
  return [output.paint('red', plainLine(`${container.name}: ${problem.message}${help}`))];
}

/** The median of the last calls. */
function typical({ latenciesMs }: ContainerStatus): string {
  const middle = [...latenciesMs].sort((a, b) => a - b)[Math.floor(latenciesMs.length / 2)];
  return middle === undefined ? '' : durationText(middle);
}
