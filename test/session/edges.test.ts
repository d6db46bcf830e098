import { describe, expect, test } from 'vitest';
import { memberOf, readEnvelope, sourceOf, type Message } from '../../shared/envelope.ts';
import { startScriptedServer, type Script, type ScriptedRequest } from '../support/scripted-server.ts';
import { openSessionClient, type SessionClient } from '../support/session-client.ts';

/** What the JSON-RPC of MCP allows but few programs do, in each pairing of a client's era with a container's. */

type Era = 'older' | 'newer';
const pairings: [client: Era, container: Era][] = [
  ['older', 'older'],
  ['older', 'newer'],
  ['newer', 'older'],
  ['newer', 'newer'],
];

/** Nothing here survives being read into values and written again. */
const odd = '{"big":12345678901234567890123,"f":1.50,"e":1E2,"u":"\\ud800\\u00e9","x-own":[{}, null ]}';
const ids = [
  ...['"a"', '""', '"1"', '"\\u00e9\\n"', '"Grüße 🌍"', '"constructor"'],
  ...['1', '0', '-7', '1.5', '9007199254740993', '9007199254740992', '123456789012345678901234567890', '1e2'],
];

function read(text: string | undefined): Message {
  const reading = readEnvelope(Buffer.from(text ?? ''));
  if (reading.status !== 'message') throw new Error(`That is no message: ${text}`);
  return reading.message;
}

/** A member of `params`, `result` or `error`, as it stands there. */
function member(text: string | undefined, ...path: string[]): string | undefined {
  const { bytes, body } = read(text);
  let span = body;
  for (const name of path) span = memberOf(bytes, span, name);
  return span === undefined ? undefined : sourceOf(bytes, span);
}

const meta =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}';
const complete = (era: Era) => (era === 'newer' ? '"resultType":"complete",' : '');

/** @param members of `params`, as JSON */
const requestOf = (era: Era, { id = '1', method = 'tools/call', members = '"name":"t"' } = {}) =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":{${members}${era === 'newer' ? `,${meta}` : ''}}}`;

/** Of one era alone. @param own answers what it wants to: with text, as a parsed id may be another one already */
function containerOf(
  era: Era,
  own: (request: ScriptedRequest, id: string) => boolean,
  version = '2025-11-25',
): Script {
  return (request) => {
    const { rpc, body } = request;
    if (request.method === 'GET') request.stream();
    else if (request.method === 'DELETE') request.status(200);
    else if (rpc.method === 'initialize' && era === 'newer')
      request.status(400, `{"jsonrpc":"2.0","id":${read(body).id},"error":${tooOld}}`, json);
    else if (rpc.method === 'initialize')
      request.result({ protocolVersion: version, capabilities: {}, serverInfo }, { 'mcp-session-id': 's' });
    else if (rpc.method === 'server/discover' && era === 'newer') request.result(discovered);
    else if (rpc.method === 'server/discover')
      request.json({ jsonrpc: '2.0', id: rpc.id, error: { code: -32601, message: 'Method not found' } });
    else if (own(request, read(body).id ?? '')) return;
    else if (read(body).kind !== 'request') request.status(202);
    else
      request.json(
        `{"jsonrpc":"2.0","id":${read(body).id},"result":{${complete(era)}"odd":${odd}},"x-top":${odd}}`,
      );
  };
}
const json = { 'content-type': 'application/json' };
const serverInfo = { name: 's', version: '1' };
const tooOld = '{"code":-32022,"message":"Unsupported","data":{"supported":["2026-07-28"]}}';
const discovered = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo },
};

async function begin(client: SessionClient, era: Era): Promise<void> {
  if (era === 'older') await client.greet();
}

const answerTo = (client: SessionClient, id: string) =>
  client.lines.find((line) => read(line).kind === 'response' && read(line).id === id);

async function answered(client: SessionClient, id: string): Promise<string> {
  await client.until(() => answerTo(client, id) !== undefined, `an answer to ${id}`);
  return answerTo(client, id) ?? '';
}

const lastOf = (requests: readonly ScriptedRequest[], method: string) =>
  requests.filter(({ rpc }) => rpc.method === method).at(-1)?.body;

describe.each(pairings)('a client of the %s era at a container of the %s', (era, kind) => {
  const open = async (
    own: (request: ScriptedRequest, id: string) => boolean = () => false,
  ): Promise<{ client: SessionClient; requests: readonly ScriptedRequest[] } & AsyncDisposable> => {
    const server = await startScriptedServer(containerOf(kind, own));
    const client = openSessionClient(server.url);
    await begin(client, era);
    return {
      client,
      requests: server.requests,
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]();
        await server.close();
      },
    };
  };

  test('gets its ids back as it wrote them, all under way at once', async () => {
    const held: (() => void)[] = [];
    await using pair = await open((request, id) => {
      if (request.rpc.method !== 'tools/call') return false;
      held.push(() =>
        request.json(
          `{"jsonrpc":"2.0","id":${id},"result":{${complete(kind)}"of":${member(request.body, 'name')}}}`,
        ),
      );
      return true;
    });
    const { client } = pair;
    for (const [at, id] of ids.entries()) client.say(requestOf(era, { id, members: `"name":${at}` }));
    await client.until(() => held.length === ids.length, 'all calls');
    for (const release of held.reverse()) release();
    for (const [at, id] of ids.entries()) expect(member(await answered(client, id), 'of')).toBe(String(at));
    expect(
      client.lines.filter((line) => read(line).kind === 'response' && line.includes('"of"')),
    ).toHaveLength(ids.length);
  });

  test('asks for what nobody knows, and gets what nobody knows, without a digit lost', async () => {
    await using pair = await open();
    const { client, requests } = pair;
    client.say(
      requestOf(era, { method: 'own/method', members: `"odd":${odd}` }).replace(/}$/, `,"x-top":${odd}}`),
    );
    const answer = await answered(client, '1');
    expect(member(answer, 'odd')).toBe(odd);
    expect(answer).toContain(`"x-top":${odd}`);
    const sent = lastOf(requests, 'own/method');
    expect(member(sent, 'odd')).toBe(odd);
    expect(sent).toContain(`"x-top":${odd}`);
  });

  test('tells and is told what nobody knows, in its order', async () => {
    const told = `{"jsonrpc":"2.0","method":"notifications/own","params":{"odd":${odd}},"x-top":${odd}}`;
    const progress = `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":9007199254740993,"progress":1,"odd":${odd}}}`;
    await using pair = await open((request, id) => {
      if (request.rpc.method !== 'tools/call') return false;
      const stream = request.stream();
      for (const each of [told, progress]) stream.event(each);
      stream.event(`{"jsonrpc":"2.0","id":${id},"result":{${complete(kind)}"done":true}}`);
      stream.end();
      return true;
    });
    const { client, requests } = pair;
    client.say(requestOf(era));
    await answered(client, '1');
    const heard = client.lines.slice(-3);
    expect(heard.slice(0, 2)).toEqual([told, progress]);
    client.say(told);
    await client.until(() => lastOf(requests, 'notifications/own') !== undefined, 'the notification');
    expect(lastOf(requests, 'notifications/own')).toBe(told);
  });

  test('gets the errors of the container as they are', async () => {
    const error = `{"code":-32099,"message":"Own","data":${odd},"x-own":1}`;
    await using pair = await open((request, id) => {
      if (request.rpc.method !== 'tools/call') return false;
      request.json(`{"jsonrpc":"2.0","id":${id},"error":${error}}`);
      return true;
    });
    pair.client.say(requestOf(era, { id: '1.0' }));
    expect(member(await answered(pair.client, '1.0'))).toBe(error);
  });

  test.each([
    [200, '"id":null,'],
    [200, ''],
    [400, '"id":null,'],
    [400, ''],
  ])(
    'gets an error that names no id, behind HTTP %d with %s, as the answer that it is',
    async (status, id) => {
      const error = `{"code":-32600,"message":"Invalid Request","data":${odd}}`;
      await using pair = await open((request) => {
        if (request.rpc.method !== 'tools/call') return false;
        request.status(status, `{"jsonrpc":"2.0",${id}"error":${error}}`, json);
        return true;
      });
      pair.client.say(requestOf(era, { id: '"x"' }));
      expect(member(await answered(pair.client, '"x"'))).toBe(error);
      expect(pair.client.answersTo(null)).toEqual([]);
    },
  );

  test('is refused a request whose id is null or no id, and the container never sees it', async () => {
    await using pair = await open();
    const { client, requests } = pair;
    for (const [at, id] of ['null', 'true', '[1]', '{}'].entries()) {
      client.say(requestOf(era, { id, method: 'own/refused' }));
      await client.until(() => client.answersTo(null).length === at + 1, `a refusal of ${id}`);
    }
    expect(client.answersTo(null).map(({ error }) => error?.code)).toEqual([-32600, -32600, -32600, -32600]);
    client.say(requestOf(era));
    await answered(client, '1');
    expect(lastOf(requests, 'own/refused')).toBeUndefined();
  });

  test('is refused a batch, and goes on', async () => {
    await using pair = await open();
    const { client, requests } = pair;
    client.say(`[${requestOf(era, { id: '7', method: 'own/batched' })}]`);
    await client.until(() => client.answersTo(null).length === 1, 'a refusal');
    expect(client.answersTo(null)[0]?.error?.code).toBe(-32600);
    client.say(requestOf(era));
    await answered(client, '1');
    expect(lastOf(requests, 'own/batched')).toBeUndefined();
  });

  test('cancels the call that it means, of two that a double would make one', async () => {
    const calls = new Map<string, ScriptedRequest>();
    await using pair = await open((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      calls.set(member(request.body, 'name') ?? '', request);
      return true;
    });
    const { client } = pair;
    for (const id of ['9007199254740992', '9007199254740993'])
      client.say(requestOf(era, { id, members: `"name":"${id}"` }));
    await client.until(() => calls.size === 2, 'both calls');
    client.say(
      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9007199254740993}}`,
    );
    await client.until(() => calls.get('"9007199254740993"')?.aborted === true, 'the end of the one');
    expect(calls.get('"9007199254740992"')?.aborted).toBe(false);
    const left = calls.get('"9007199254740992"');
    left?.json(`{"jsonrpc":"2.0","id":${read(left.body).id},"result":{${complete(kind)}"left":true}}`);
    expect(member(await answered(client, '9007199254740992'), 'left')).toBe('true');
    expect(answerTo(client, '9007199254740993')).toBeUndefined();
  });

  test('is asked, and its answer comes to the container as it was written', async () => {
    // In answers there is no room for questions that nobody knows.
    const method = era === kind ? 'own/question' : 'elicitation/create';
    const question = `"method":"${method}","params":{"odd":${odd}}`;
    let finish: (given: string | undefined) => void = () => undefined;
    await using pair = await open((request, id) => {
      const answer = (members: string) =>
        `{"jsonrpc":"2.0","id":${id},"result":{${complete(kind)}${members}}}`;
      if (kind === 'newer' && request.rpc.method === 'tools/call') {
        const given = member(request.body, 'inputResponses', 'a b', 'odd');
        const asked = `"inputRequests":{"a b":{${question}}},"requestState":"s\\u0031"`;
        request.json(
          given === undefined
            ? `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"input_required",${asked}}}`
            : answer(`"given":${given}`),
        );
      } else if (request.rpc.method === 'tools/call') {
        const stream = request.stream();
        stream.event(`{"jsonrpc":"2.0","id":9007199254740993,${question}}`);
        finish = (given) => {
          stream.event(answer(`"given":${given}`));
          stream.end();
        };
      } else if (request.rpc.method === undefined) {
        request.status(202);
        if (read(request.body).id === '9007199254740993') finish(member(request.body, 'odd'));
      } else return false;
      return true;
    });
    const { client } = pair;
    client.say(requestOf(era, { id: '5' }));
    if (era === 'older') {
      await client.until(() => client.heardOf(method).length === 1, 'the question');
      const asked = client.lines.find((line) => line.includes(method));
      expect(member(asked, 'odd')).toBe(odd);
      client.say(`{"jsonrpc":"2.0","id":${read(asked).id},"result":{"odd":${odd}}}`);
      expect(member(await answered(client, '5'), 'given')).toBe(odd);
    } else {
      const asked = await answered(client, '5');
      expect(member(asked, 'resultType')).toBe('"input_required"');
      const [key = ''] = Object.keys(JSON.parse(member(asked, 'inputRequests') ?? '{}') as object);
      expect(member(asked, 'inputRequests', key, 'params', 'odd')).toBe(odd);
      const state = member(asked, 'requestState');
      const members = `"name":"t","inputResponses":{${JSON.stringify(key)}:{"odd":${odd}}},"requestState":${state}`;
      client.say(requestOf(era, { id: '6', members }));
      expect(member(await answered(client, '6'), 'given')).toBe(odd);
    }
  });
});

describe.each(['older', 'newer'] as const)('a client of 2025-03-26 at a container of the %s era', (kind) => {
  const greeting = (id: string) =>
    `{"jsonrpc":"2.0","id":${id},"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`;

  test('has its batches taken apart', async () => {
    await using server = await startScriptedServer(containerOf(kind, () => false, '2025-03-26'));
    await using client = openSessionClient(server.url);
    client.say(greeting('"g"'));
    await answered(client, '"g"');
    const told = '{"jsonrpc":"2.0","method":"notifications/own"}';
    const [one, two] = ['9007199254740993', '""'].map((id) =>
      requestOf('older', { id, method: 'own/method' }),
    );
    const seq = client.say(`[ ${one} ,\t${told}, ${two}, 7, [], {"id":3} ]`);
    for (const id of ['9007199254740993', '""']) expect(member(await answered(client, id), 'odd')).toBe(odd);
    await client.until(
      () => client.answersTo(null).length === 2 && client.answersTo(3).length === 1,
      'refusals',
    );
    await client.until(() => server.count('POST notifications/own') === 1, 'the notification');
    expect(client.settled.filter((each) => each === seq)).toHaveLength(1);
    client.say('[]');
    await client.until(() => client.answersTo(null).length === 3, 'a refusal of nothing');
  });
});

test.each(['application/json', 'text/event-stream'])(
  'takes apart a batch that a container answers with, as %s',
  async (type) => {
    const own = (request: ScriptedRequest, id: string) => {
      if (request.rpc.method !== 'tools/call') return false;
      const told = '{"jsonrpc":"2.0","method":"notifications/own"}';
      const asked = '{"jsonrpc":"2.0","id":"q","method":"ping"}';
      const batch = `[${told},\n ${asked}, {"jsonrpc":"2.0","id":${id},"result":{"odd":${odd}}}]`;
      if (type === 'application/json') request.json(batch);
      else request.stream().event(batch.replace('\n', ''));
      return true;
    };
    await using server = await startScriptedServer(containerOf('older', own, '2025-03-26'));
    await using client = openSessionClient(server.url);
    await client.greet();
    client.say(requestOf('older', { id: '9007199254740993' }));
    expect(member(await answered(client, '9007199254740993'), 'odd')).toBe(odd);
    expect(client.heard.slice(-3).map(({ method }) => method)).toEqual([
      'notifications/own',
      'ping',
      undefined,
    ]);
  },
);
