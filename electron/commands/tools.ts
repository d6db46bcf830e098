/** `fairlead tools` and `fairlead call`: a container tried by hand. Everything it says is shown as plain text. */
import type { Command } from 'commander';
import { z } from 'zod';
import type { ListedTool } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { plainJson } from '../../shared/plain-json.ts';
import { withCore, type CommandContext } from './context.ts';
import { durationText, type Output } from './output.ts';
import { plainLine, plainText } from './plain-text.ts';
import { accept, changeText, setLevel } from './tool-changes.ts';

interface ToolsOptions {
  accept?: string;
  acceptInstructions?: true;
  changes?: string;
}

export function declareTools(command: Command, context: CommandContext): void {
  command
    .description("list a container's tools, and what has changed of them")
    .argument('<name>')
    .option('--accept <tool>', 'let clients have a tool that has changed, as it is now; * for all')
    .option('--accept-instructions', "the same for the container's instructions")
    .option('--changes <level>', 'what becomes of tools that change: off, warn or hold')
    .addHelpText('after', '\nExample:\n  fairlead tools notes\n  fairlead tools notes --accept add_note')
    .action(async (name: string, options: ToolsOptions) => {
      if (options.changes !== undefined) await setLevel(context, { name, level: options.changes });
      else if (options.accept !== undefined) await accept(context, { name, tool: options.accept });
      else if (options.acceptInstructions === true) await accept(context, { name, tool: undefined });
      else await list(context, name);
    });
}

async function list(context: CommandContext, name: string): Promise<void> {
  const { output } = context;
  const answer = await withCore(context, 'start', (core) => core.call('tools.list', { name }));
  output.result(answer, () => {
    const { tools, instructions, durationMs } = answer;
    const lines = tools.map((tool) => toolText(tool, output));
    if (instructions !== undefined)
      lines.push(
        `${output.paint('yellow', `Its instructions ${instructions.held ? 'are held back: they ' : ''}have changed`)}\n${changeText(instructions, output)}`,
      );
    return [...lines, `${tools.length} tools in ${durationText(durationMs)}.`].join('\n');
  });
}

function toolText({ name, title, description, state, change }: ListedTool, output: Output): string {
  const mark = state === 'on' ? '' : output.paint('yellow', ` (${states[state]})`);
  const lines = [
    `${output.paint('bold', plainLine(name, 80))}${mark}`,
    `    ${plainLine(description ?? title ?? '', 200)}`.trimEnd(),
    ...(change === undefined ? [] : [changeText(change, output)]),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

const states = { off: 'off', changed: 'changed', held: 'changed, held back' };

export function declareCall(command: Command, context: CommandContext): void {
  command
    .description('call a tool')
    .argument('<name>', 'the container')
    .argument('<tool>')
    .argument('[json]', 'its arguments as a JSON object; - reads them from standard input', '{}')
    .addHelpText('after', '\nExample:\n  fairlead call notes add_note \'{"text": "Buy milk"}\'')
    .action(async (name: string, tool: string, json: string) => {
      const args = readArguments(json === '-' ? await readInput(context) : json);
      const answer = await withCore(context, 'start', (core) =>
        core.call('tools.call', { name, tool, arguments: args }),
      );
      const result = callResult.safeParse(answer.result).data ?? { content: [], isError: false };
      context.output.result(answer, () => describe(result, answer.result));
      if (result.isError) {
        throw new FairleadError('remote_error', 'The tool reported an error.', {
          help: 'What it said is above; check the arguments.',
        });
      }
    });
}

const block = z.looseObject({ type: z.string() });
const callResult = z.object({
  content: z.array(block).catch([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().catch(false),
});

/** A terminal is no place for more than this; `--json` gives all of it. */
const maxShown = 1_000_000;

function describe(result: z.infer<typeof callResult>, whole: unknown): string {
  const shown = result.content.map(describeBlock);
  if (shown.length === 0) shown.push(plainJson(result.structuredContent ?? whole ?? null, 2));
  const text = shown.join('\n');
  return text.length > maxShown ? `${text.slice(0, maxShown)}\n(cut here; --json gives the whole)` : text;
}

function describeBlock(content: z.infer<typeof block>): string {
  if (content.type === 'text' && typeof content['text'] === 'string') return plainText(content['text']);
  const data = content['data'];
  const kind = typeof content['mimeType'] === 'string' ? ` ${plainLine(content['mimeType'], 60)}` : '';
  const size = typeof data === 'string' ? `, ${Math.floor((data.length * 3) / 4)} bytes` : '';
  const place = typeof content['uri'] === 'string' ? ` ${plainLine(content['uri'], 200)}` : '';
  return `[${plainLine(content.type, 40)}${kind}${size}${place}; --json gives it whole]`;
}

function readArguments(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new FairleadError('usage', "The tool's arguments are not a JSON object.", {
    help: 'Give one such as \'{"text": "hello"}\', or - to read it from standard input.',
  });
}

async function readInput({ stdin }: CommandContext): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
