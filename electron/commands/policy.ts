/** `fairlead allow` and `deny`: which of a container's tools get through to the programs that use it. */
import type { Command } from 'commander';
import { programName, toolGlob, type Policy, type ToolRule, type ToolRules } from '../../shared/policy.ts';
import { FairleadError } from '../../shared/errors.ts';
import { withCore, type CommandContext } from './context.ts';
import { plainLine } from './plain-text.ts';

export function declareAllow(command: Command, context: CommandContext): void {
  declareRule(command.description('switch tools of a container on'), context, {
    ruleOf: (glob) => ({ allow: glob }),
    example: 'fairlead allow notes "read_*"',
  });
}

export function declareDeny(command: Command, context: CommandContext): void {
  declareRule(command.description('switch tools of a container off: they are listed no more'), context, {
    ruleOf: (glob) => ({ deny: glob }),
    example: 'fairlead deny notes "delete_*"',
  });
}

function declareRule(
  command: Command,
  context: CommandContext,
  { ruleOf, example }: { ruleOf: (glob: string) => ToolRule; example: string },
): void {
  command
    .argument('<name>', 'the container')
    .argument('<tool>', 'its name; * stands for any characters, ? for one')
    .option('--client <program>', 'for this program alone, as `fairlead status` names it')
    .addHelpText('after', `\nExample:\n  ${example}`)
    .action(async (name: string, tool: string, { client }: { client?: string }) => {
      if (!toolGlob.safeParse(tool).success) throw usage('That is no name of a tool.');
      if (client !== undefined && !programName.safeParse(client).success)
        throw usage('That is no name of a program.');
      const report = await withCore(context, 'start', (core) =>
        core.call('policy.rule', {
          name,
          rule: ruleOf(tool),
          ...(client !== undefined && { program: client }),
        }),
      );
      context.output.result(report, () => policyText(report.container, report.policy));
    });
}

/** What the rules come to, in the order in which they count. */
export function policyText(name: string, { tools = [], programs = {} }: Policy): string {
  const lines =
    tools.length === 0 ? [`All tools of ${name} are on.`] : [`Tools of ${name}:`, ...ruleLines(tools)];
  for (const [program, rules] of Object.entries(programs))
    lines.push(`For ${plainLine(program)} besides:`, ...ruleLines(rules));
  return lines.join('\n');
}

function ruleLines(rules: ToolRules): string[] {
  return rules.map((rule) => {
    if ('allow' in rule) return `  on   ${plainLine(rule.allow)}`;
    return `  off  ${plainLine(rule.deny)}${rule.anyCase === true ? ' (upper and lower case are one)' : ''}`;
  });
}

function usage(message: string): FairleadError {
  return new FairleadError('usage', message, { help: 'Run it with --help to see how it is used.' });
}
