import { expect, test } from 'vitest';
import { openProfile } from '../support/fairlead.ts';
import type { LineClient } from '../support/line-client.ts';
import { residentMiB } from '../support/processes.ts';
import { startQuickServer } from '../support/quick-server.ts';

const clientCount = 20;
const callCount = 500;

/** Ids as clients choose them: half of them numbers, half texts, the same ones in every client. */
const idOf = (call: number) => (call % 2 === 0 ? call + 1_000 : `${call + 1_000}`);

async function callAll(client: LineClient, name: number): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: callCount }, (_, call) => client.call('echo', { client: name, call }, idOf(call))),
  );
  return answers.map(({ result }) => JSON.stringify(result));
}

const expected = (name: number) =>
  Array.from({ length: callCount }, (_, call) =>
    JSON.stringify({ content: [{ type: 'text', text: JSON.stringify({ client: name, call }) }] }),
  );

test(
  '20 clients with 500 concurrent calls each get every answer once, and their own',
  { timeout: 90_000 },
  async () => {
    await using server = await startQuickServer();
    await using profile = openProfile();
    const clients = Array.from({ length: clientCount }, () => profile.endpoint([server.url]));
    await Promise.all(clients.map((client) => client.open()));

    const answers = await Promise.all(clients.map(callAll));

    answers.forEach((own, name) => expect(own).toEqual(expected(name)));
    expect(clients.flatMap(({ strays }) => strays)).toEqual([]);
    const [core] = profile.cores();
    expect(residentMiB(core!)).toBeLessThan(300);
    expect(profile.cores()).toHaveLength(1);
    expect(await Promise.all(clients.map((client) => client.end()))).toEqual(clients.map(() => 0));
  },
);
