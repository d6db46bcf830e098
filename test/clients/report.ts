/** The table of docs/clients.md. */
import { containers, type Outcome } from './connect.ts';

export function verdict({ connected }: Outcome): string {
  return connected ? 'Connected' : 'FAILS';
}

/** Every client begins with one of the two. */
function firstWord({ asked }: Outcome): string {
  return asked[0] === 'POST server/discover' ? '`server/discover`' : '`initialize`';
}

export function report(
  outcomes: readonly Outcome[],
  run: { node: string; fairlead: string; date: string },
): string {
  const clients = [...new Set(outcomes.map(({ client }) => client))];
  const rows = clients.map((client) => {
    const own = outcomes.filter((each) => each.client === client);
    const first = [...new Set(own.map(firstWord))].join(' or ');
    return `| ${[client.name, client.version, first, ...own.map(verdict)].join(' | ')} |`;
  });
  const connected = outcomes.filter((each) => each.connected).length;
  return `# Clients

Made by \`npm run clients -- --write\` on ${run.date}: clients from npm, in a throw-away HOME and without an account, with
\`fairlead stdio <container>\` (Fairlead ${run.fairlead} on Node ${run.node}) in their config. The containers are the
official SDK's server, speaking the protocol of one era alone or of both.

${connected} of ${outcomes.length} connect.

| client | version | begins with | ${containers.map(({ speaks }) => `container of ${speaks}`).join(' | ')} |
| --- | --- | --- | ${containers.map(() => '---').join(' | ')} |
${rows.join('\n')}
`;
}
