import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ordinaryServer, startScriptedServer } from '../support/scripted-server.ts';
import { openSessionClient } from '../support/session-client.ts';
import { anyBytes, batchText, damaged, messageText } from './arbitraries.ts';
import { patience, runsOf } from './cases.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const line = fc.oneof(
  { weight: 2, arbitrary: messageText.map((text) => Buffer.from(text)) },
  damaged(messageText),
  batchText.map((text) => Buffer.from(text)),
  anyBytes,
);

test.each(['older', 'newer'])(
  'settles each line of a client of the %s era once, whatever it is',
  patience,
  async (era) => {
    await using server = await startScriptedServer(ordinaryServer());
    await using client = openSessionClient(server.url);
    if (era === 'older') await client.greet();
    else await client.ask('begin', 'tools/list', { _meta: meta });
    const begun = client.settled.length;
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async (lines) => {
        const said = lines.map((each) => client.say(each));
        await client.until(() => said.every((seq) => client.settled.includes(seq)), 'settling');
      }),
      runsOf('lines through a session'),
    );
    expect(new Set(client.settled).size).toBe(client.settled.length);
    expect(client.settled.length).toBeGreaterThan(begun);
    // What came last has left nothing behind that another one would meet.
    expect(await client.ask('last', 'tools/list', { _meta: meta })).toHaveProperty('id', 'last');
  },
);
