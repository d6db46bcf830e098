/**
 * A program for tests of config files: puts an entry into one, `count` times or until it is killed, each time with another
 * argument. Prints a dot for each, and the code of an error.
 */
import { createClientConfig } from '../../electron/clients/client-config.ts';
import { jsonEditor } from '../../electron/clients/edit/json.ts';
import { FairleadError } from '../../shared/errors.ts';

const [path = '', home = '', name = '', count = ''] = process.argv.slice(2);
const file = createClientConfig({ client: name, path, home, backups: `${home}/backups` });
try {
  for (let turn = 0; count === '' || turn < Number(count); turn += 1) {
    const entry = { command: 'x', args: ['stdio', String(turn)] };
    await file.change((text) => jsonEditor.setEntry(text, { keys: ['mcpServers'], name }, entry), {
      dryRun: false,
    });
    process.stdout.write('.');
  }
} catch (thrown) {
  process.stdout.write(
    thrown instanceof FairleadError ? `${thrown.code}: ${thrown.message}\n` : String(thrown),
  );
}
