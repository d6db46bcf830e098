/** `fairlead link`: what the person opens to have a container put into a client's config by the client itself. */
import type { Command } from 'commander';
import { FairleadError } from '../../shared/errors.ts';
import { withCore, type CommandContext } from './context.ts';
import { entryFor } from './endpoint-entry.ts';
import { installLinks } from './install-links.ts';

export function declareLink(command: Command, context: CommandContext): void {
  command
    .description("print links that put a container into a client's config when you open them")
    .argument('<name>')
    .option('--client <id>', 'only the one for this client: cursor, vscode, vscode-insiders, lm-studio')
    .option('--web', "https links instead, by way of the site of the client's maker, which sees the entry")
    .addHelpText('after', '\nExample:\n  fairlead link notes --client cursor')
    .action(async (name: string, { client, web = false }: { client?: string; web?: boolean }) => {
      const all = await withCore(context, 'start', (core) => core.call('containers.list', {}));
      const links = installLinks(name, entryFor(context, all, name));
      const wanted = client === undefined ? links : links.filter((each) => each.client === client);
      if (wanted.length === 0)
        throw new FairleadError('usage', 'Fairlead knows no install link for a client of this name.', {
          help: `It knows them for ${links.map((each) => each.client).join(', ')}; for others use \`fairlead connect\`.`,
        });
      context.output.result({ container: name, links: wanted }, () => {
        const shown = wanted.map((each) => ({ ...each, shown: web ? each.web : each.link }));
        if (client !== undefined) return shown.map((each) => each.shown).join('\n');
        return shown.map((each) => `${each.title}:\n${each.shown}`).join('\n\n');
      });
    });
}
