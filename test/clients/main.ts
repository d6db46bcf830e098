/** `npm run clients`: real MCP clients, each at a container of either era and of both, through Fairlead as it was built. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { connect, containers, type Outcome } from './connect.ts';
import { openKit } from '../support/kit.ts';
import { clientsIn } from './programs.ts';
import { report, verdict } from './report.ts';

const root = new URL('../../', import.meta.url).pathname;

/**
 * @param args `--write` puts the table into docs/clients.md
 * @returns 1 if one does neither connect nor, where it can do no more, list the container
 * @throws Error that says what is missing
 */
export async function main(args: readonly string[]): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const client of clientsIn(openKit(root, { of: 'clients', what: 'the clients (about 950 MB)' }))) {
    for (const container of containers) {
      const outcome = await connect(root, client, container);
      outcomes.push(outcome);
      const asked = outcome.asked.join(', ');
      console.log(
        `${verdict(outcome).padEnd(10)} ${client.name} ${client.version}: ${container.speaks} (${asked})`,
      );
      if (!outcome.connected) console.log(outcome.output);
    }
  }
  const failed = outcomes.filter(({ connected }) => !connected).length;
  console.log(`\n${outcomes.length - failed} of ${outcomes.length} connect, or list it.`);
  if (args.includes('--write')) {
    const date = new Date().toISOString().slice(0, 10);
    const text = report(outcomes, { node: process.version, fairlead: manifest.version, date });
    writeFileSync(join(root, 'docs/clients.md'), text);
  }
  return failed === 0 ? 0 : 1;
}
