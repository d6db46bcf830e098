/** `fairlead consent`: which programs may use a container, where they have to wait for the person first. */
import type { Command } from 'commander';
import type { PolicyReport } from '../../shared/policy-control.ts';
import { programName, type PendingConsent } from '../../shared/policy.ts';
import { FairleadError } from '../../shared/errors.ts';
import { withCore, type CommandContext } from './context.ts';
import { table } from './output.ts';
import { plainLine } from './plain-text.ts';

const decisions = {
  allow: { allowed: true, does: 'let a program use a container' },
  deny: { allowed: false, does: 'keep a program from using a container' },
} as const;

const modes = {
  ask: { consent: 'ask', does: 'have programs wait for you before they use a container for the first time' },
  open: { consent: 'allow', does: 'let all programs use a container that you have not denied it' },
} as const;

export function declareConsent(command: Command, context: CommandContext): void {
  command
    .description('which programs may use a container')
    .addHelpText('after', '\nExample:\n  fairlead consent ask notes\n  fairlead consent allow notes Cursor');
  const declare = (name: string, does: string) =>
    command.command(name).description(does).option('--json', 'print one JSON document and nothing else');

  declare('list', 'show the programs that wait for you')
    .addHelpText('after', '\nExample:\n  fairlead consent list')
    .action(async () => {
      const { pendingConsents } = await withCore(context, 'start', (core) => core.call('status', {}));
      context.output.result(pendingConsents, () => pendingText(pendingConsents));
    });
  for (const [name, { consent, does }] of Object.entries(modes))
    declare(name, does)
      .argument('<name>', 'the container')
      .addHelpText('after', `\nExample:\n  fairlead consent ${name} notes`)
      .action(async (container: string) => {
        const report = await withCore(context, 'start', (core) =>
          core.call('consent.mode', { name: container, consent }),
        );
        context.output.result(report, () => reportText(report));
      });
  for (const [name, { allowed, does }] of Object.entries(decisions))
    declare(name, does)
      .argument('<name>', 'the container')
      .argument('<program>', 'as `fairlead consent list` or `fairlead status` names it')
      .addHelpText('after', `\nExample:\n  fairlead consent ${name} notes Cursor`)
      .action(async (container: string, program: string) => {
        if (!programName.safeParse(program).success)
          throw new FairleadError('usage', 'That is no name of a program.', {
            help: 'See `fairlead consent list` and `fairlead status`.',
          });
        const report = await withCore(context, 'start', (core) =>
          core.call('consent.decide', { name: container, program, allowed }),
        );
        context.output.result(report, () => reportText(report));
      });
}

function pendingText(pending: readonly PendingConsent[]): string {
  if (pending.length === 0) return 'No program waits for you.';
  return table(
    ['PROGRAM', 'CONTAINER', 'PATH'],
    pending.map(({ program, container, path = '' }) => [program, container, path]),
  );
}

function reportText({ container, policy }: PolicyReport): string {
  const asks = policy.consent === 'ask';
  return [
    asks
      ? `Programs wait for you before they use ${container} for the first time.`
      : `All programs may use ${container} that you have not denied it.`,
    ...(policy.consents ?? []).map(({ program, path, allowed }) =>
      plainLine(`${allowed ? 'may' : 'may not'}: ${program}${path === undefined ? '' : ` (${path})`}`),
    ),
  ].join('\n');
}
