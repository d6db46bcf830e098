/** The table of docs/clients.md. */
import { containers, type Outcome } from './connect.ts';

export function verdict({ client, connected }: Outcome): string {
  if (!connected) return 'FAILS';
  return client.onlyLists === true ? 'Listed' : 'Connected';
}

/** Every client begins with one of the two. */
function firstWord({ client, asked }: Outcome): string {
  if (client.onlyLists === true) return '–';
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
  const asked = outcomes.filter(({ client }) => client.onlyLists !== true);
  const connected = asked.filter((each) => each.connected).length;
  return `# Clients

Made by \`npm run clients -- --write\` on ${run.date}: clients from npm, in a throw-away HOME and without an account, with
\`fairlead stdio <container>\` (Fairlead ${run.fairlead} on Node ${run.node}) in their config, where \`fairlead connect\` put it
if the client has one. The containers are the official SDK's server, speaking the protocol of one era alone or of both.

${connected} of ${asked.length} connect. Codex starts no server without an account, and lists what is in its config.

| client | version | begins with | ${containers.map(({ speaks }) => `container of ${speaks}`).join(' | ')} |
| --- | --- | --- | ${containers.map(() => '---').join(' | ')} |
${rows.join('\n')}
`;
}
