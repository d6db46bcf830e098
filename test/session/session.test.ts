import { expect, test } from 'vitest';
import { FairleadError } from '../../shared/errors.ts';
import { ordinaryServer, startScriptedServer, type EventStream } from '../support/scripted-server.ts';
import { greeting, initialized, openSessionClient } from '../support/session-client.ts';

const call = (id: unknown, params: unknown = {}) => ({ jsonrpc: '2.0', id, method: 'tools/call', params });

test('answers each request once, under its own id of its own type', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(server.url);
  await client.greet();
  client.say(call(1));
  client.say(call('1'));
  await client.until(() => client.answersTo(1).length === 1 && client.answersTo('1').length === 1);
  expect(client.heard.filter((each) => each.id === 1 || each.id === '1')).toHaveLength(2);
});

test('passes messages on byte by byte, big integers and unknown members among them', async () => {
  const answers: string[] = [];
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const body = `{"x-unknown" : 1.0,\n"jsonrpc":"2.0","result":{"big":12345678901234567890123,"u":"\\u00e9é"},"id":90071992547409931}`;
      answers.push(body);
      request.json(body);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  const line =
    '{ "jsonrpc":"2.0","id":90071992547409931, "method":"tools/call","params":{"n":1.50} ,"extra":[]}';
  client.say(line);
  await client.until(() => client.lines.some((each) => each.includes('x-unknown')));
  expect(server.requests.at(-1)?.body).toBe(line);
  expect(client.lines.at(-1)).toBe(answers[0]?.replace('\n', ' '));
});

test('keeps two ids apart that a double would make one', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const id = /"id":(\d+)/.exec(request.body)?.[1] ?? '';
      request.json(`{"jsonrpc":"2.0","id":${id},"result":{"of":"${id}"}}`);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  for (const id of ['9007199254740992', '9007199254740993'])
    client.say(`{"jsonrpc":"2.0","id":${id},"method":"tools/call"}`);
  await client.until(() => client.lines.filter((each) => each.includes('"of"')).length === 2);
  for (const id of ['9007199254740992', '9007199254740993'])
    expect(client.lines).toContain(`{"jsonrpc":"2.0","id":${id},"result":{"of":"${id}"}}`);
});

test.each([
  ['no JSON', '{"jsonrpc":', -32700],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), -32700],
  ['a batch', '[{"jsonrpc":"2.0","id":5,"method":"ping"}]', -32600],
  ['a deep batch', '['.repeat(200_000) + ']'.repeat(200_000), -32600],
  ['an id of null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
  ['no message', '"hello"', -32600],
])('answers %s with a JSON-RPC error and goes on', async (_name, bad, code) => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(server.url);
  await client.greet();
  client.say(bad);
  await client.until(() => client.answersTo(null).length === 1);
  expect(client.answersTo(null)[0]?.error?.code).toBe(code);
  expect((await client.ask(1, 'tools/list')).result).toBeDefined();
});

test('takes a batch apart where the protocol has them, but not one inside another', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'initialize') return false;
      request.result({
        protocolVersion: '2025-03-26',
        capabilities: {},
        serverInfo: { name: 's', version: '1' },
      });
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  const seq = client.say([call(1), [call(2)], call(3)]);
  await client.until(() => [1, 3, null].every((id) => client.answersTo(id).length === 1));
  expect(client.answersTo(2)).toEqual([]);
  expect(client.settled).toContain(seq);
  client.say('['.repeat(200_000) + ']'.repeat(200_000));
  await client.until(() => client.answersTo(null).length === 2);
});

test('refuses a second request with an id that is under way, and answers the first', async () => {
  let release: () => void = () => undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      release = () => request.result({});
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  client.say(call(7));
  await client.until(() => server.count('POST tools/call') === 1);
  client.say(call(7));
  await client.until(() => client.answersTo(7).length === 1);
  expect(client.answersTo(7)[0]?.error?.code).toBe(-32600);
  release();
  await client.until(() => client.answersTo(7).length === 2);
  expect(server.count('POST tools/call')).toBe(1);
});

test('holds requests until initialized was accepted and the stream of the container is up', async () => {
  let accept: () => void = () => undefined;
  let openStream: () => void = () => undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method === 'notifications/initialized') accept = () => request.status(202);
      else if (request.method === 'GET') openStream = () => void request.stream();
      else return false;
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  client.say(greeting);
  client.say(initialized);
  client.say(call(1));
  await client.until(() => server.count('POST notifications/initialized') === 1);
  expect(server.seen()).not.toContain('POST tools/call');
  accept();
  await client.until(() => server.count('GET') === 1);
  expect(server.seen()).not.toContain('POST tools/call');
  openStream();
  await client.until(() => client.answersTo(1).length === 1);
});

test('does not hold requests for longer than about a second', async () => {
  await using server = await startScriptedServer(
    ordinaryServer(
      (request) => request.method === 'GET' || request.rpc.method === 'notifications/initialized',
    ),
  );
  await using client = openSessionClient(server.url);
  client.say(greeting);
  await client.until(() => client.answersTo('g').length === 1);
  const started = performance.now();
  client.say(initialized);
  expect((await client.ask(1, 'tools/list')).result).toBeDefined();
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('passes notifications on in order, and the answer behind them', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const stream = request.stream();
      for (let n = 0; n < 500; n += 1)
        stream.event({ jsonrpc: '2.0', method: 'notifications/message', params: { n } });
      stream.event({ jsonrpc: '2.0', id: request.rpc.id, result: {} });
      stream.end();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.ask(1, 'tools/call');
  expect(client.heardOf('notifications/message').map((each) => each.params?.['n'])).toEqual(
    Array.from({ length: 500 }, (_, n) => n),
  );
  expect(client.heard.at(-1)?.id).toBe(1);
});

test('sends the client’s notifications in order', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      const n = request.rpc.params?.['n'];
      if (typeof n !== 'number') return false;
      setTimeout(() => request.status(202), 20 - n);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  for (let n = 0; n < 10; n += 1)
    client.say({ jsonrpc: '2.0', method: 'notifications/progress', params: { n } });
  await client.ask(1, 'tools/list');
  const sent = server.requests.map(({ rpc }) => rpc.params?.['n']).filter((n) => n !== undefined);
  expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(server.seen().at(-1)).toBe('POST tools/list');
});

test('carries a question of the container to the client and its answer back, and drops answers to none', async () => {
  let open: EventStream | undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method === 'tools/call') {
        open = request.stream();
        open.event({ jsonrpc: '2.0', id: 'q', method: 'sampling/createMessage', params: {} });
        return true;
      }
      if (request.rpc.method === undefined && request.method === 'POST') {
        request.status(202);
        open?.event({ jsonrpc: '2.0', id: 1, result: { said: request.rpc.result } });
        open?.end();
        return true;
      }
      return false;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  client.say({ jsonrpc: '2.0', id: 'never-asked', result: {} });
  client.say(call(1));
  await client.until(() => client.heardOf('sampling/createMessage').length === 1);
  client.say({ jsonrpc: '2.0', id: 'q', result: { text: 'hi' } });
  await client.until(() => client.answersTo(1).length === 1);
  client.say({ jsonrpc: '2.0', id: 'q', result: { text: 'again' } });
  await client.ask(2, 'tools/list');
  expect(client.answersTo(1)[0]?.result).toEqual({ said: { text: 'hi' } });
  expect(server.requests.filter(({ rpc }) => rpc.result !== undefined)).toHaveLength(1);
});

test('writes nothing more for a cancelled request, tells the container, and drops its exchange', async () => {
  let stream: EventStream | undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method === 'tools/call') stream = request.stream();
      else if (request.rpc.method === 'notifications/cancelled') {
        // Too late, and on the way already.
        stream?.event({
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken: 't', progress: 1 },
        });
        stream?.event({ jsonrpc: '2.0', id: 1, result: {} });
        setTimeout(() => request.status(202), 50);
      } else return false;
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  const asked = client.say(call(1, { _meta: { progressToken: 't' } }));
  await client.until(() => server.count('POST tools/call') === 1);
  const before = client.lines.length;
  const told = client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  expect(client.settled).toEqual(expect.arrayContaining([asked, told]));
  const posted = server.requests.find(({ rpc }) => rpc.method === 'tools/call');
  await client.until(() => posted?.aborted === true, 'the end of the exchange');
  await client.ask(2, 'tools/list');
  expect(client.lines.slice(before).map((each) => JSON.parse(each) as unknown)).toMatchObject([{ id: 2 }]);
  expect(client.finished.map(({ outcome }) => outcome)).toContain('cancelled');
});

test('does not send a request that was cancelled before its turn', async () => {
  let accept: () => void = () => undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'notifications/initialized') return false;
      accept = () => request.status(202);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  client.say(greeting);
  client.say(initialized);
  client.say(call(1));
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await client.until(() => server.count('POST notifications/initialized') === 1);
  accept();
  await client.ask(2, 'tools/list');
  expect(server.count('POST tools/call')).toBe(0);
  expect(client.answersTo(1)).toEqual([]);
});

test('gives up a request after the time limit, tells the container, and drops a late answer', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const stream = request.stream();
      setTimeout(() => stream.event({ jsonrpc: '2.0', id: 1, result: {} }), 1_500);
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { timeoutMs: 400 });
  await client.greet();
  const answer = await client.ask(1, 'tools/call');
  expect(answer.error).toMatchObject({ code: -32001, data: { code: 'timed_out' } });
  await client.until(() => server.count('POST notifications/cancelled') === 1);
  const notice = server.requests.find(({ rpc }) => rpc.method === 'notifications/cancelled');
  expect(notice?.rpc.params).toMatchObject({ requestId: 1 });
  const posted = server.requests.find(({ rpc }) => rpc.method === 'tools/call');
  await client.until(() => posted?.aborted === true);
  expect(client.answersTo(1)).toHaveLength(1);
});

test('renews the time limit with each progress', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const stream = request.stream();
      let progress = 0;
      const timer = setInterval(() => {
        progress += 1;
        stream.event({
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken: 5, progress },
        });
        if (progress < 8) return;
        clearInterval(timer);
        stream.event({ jsonrpc: '2.0', id: 1, result: { done: true } });
        stream.end();
      }, 200);
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { timeoutMs: 800 });
  await client.greet();
  expect((await client.ask(1, 'tools/call', { _meta: { progressToken: 5 } })).result).toEqual({ done: true });
  expect(client.heardOf('notifications/progress')).toHaveLength(8);
});

test('an initialize that takes too long ends, and the next one is free to work', async () => {
  let greetings = 0;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'initialize') return false;
      greetings += 1;
      return greetings === 1;
    }),
  );
  await using client = openSessionClient(server.url, { timeoutMs: 500 });
  client.say(greeting);
  await client.until(() => client.answersTo('g').length === 1);
  expect(client.answersTo('g')[0]?.error?.data?.code).toBe('timed_out');
  await client.until(() => server.requests[0]?.aborted === true);
  expect((await client.ask('g2', 'initialize', greeting.params)).result).toBeDefined();
  // MCP, Cancellation: an initialize is never cancelled by a notice.
  expect(server.seen()).not.toContain('POST notifications/cancelled');
});

test('stops reading the container while the client does not read, and loses nothing', async () => {
  const total = 100_000;
  let written = 0;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const { response } = request;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const padding = 'x'.repeat(200);
      const write = () => {
        while (written < total) {
          written += 1;
          const message = {
            jsonrpc: '2.0',
            method: 'notifications/message',
            params: { n: written, padding },
          };
          if (!response.write(`data: ${JSON.stringify(message)}\n\n`)) {
            response.once('drain', write);
            return;
          }
        }
        response.end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
      };
      write();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  client.full = true;
  client.say(call(1));
  await client.until(() => written > 100);
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(written).toBeLessThan(total / 2);
  expect(client.heard.length).toBeLessThan(2_000);
  client.full = false;
  client.session.drained();
  await client.until(() => client.answersTo(1).length === 1);
  const numbers = client.heardOf('notifications/message').map((each) => each.params?.['n']);
  expect(numbers).toHaveLength(total);
  expect(numbers.every((n, index) => n === index + 1)).toBe(true);
});

test('answers what is open when it is closed, and ends the remote session', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => request.rpc.method === 'tools/call'),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  client.say(call(1));
  await client.until(() => server.count('POST tools/call') === 1);
  await client.session.close(new FairleadError('core_stopping', 'The core is being stopped.'));
  expect(client.answersTo(1)[0]?.error?.data?.code).toBe('core_stopping');
  expect(server.requests.at(-1)).toMatchObject({ method: 'DELETE', headers: { 'mcp-session-id': 's1' } });
  await client.session.close();
  expect(server.count('DELETE')).toBe(1);
});

test('after the end of the input it answers what is open, then ends the remote session', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      setTimeout(() => request.result({ late: true }), 300);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  client.say(greeting);
  client.say(initialized);
  client.say(call(1));
  client.session.ended();
  await client.until(() => server.count('DELETE') === 1);
  expect(client.answersTo(1)[0]?.result).toEqual({ late: true });
});

test('asks the endpoint to keep what stands, and to forget what was replaced', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.ask(1, 'logging/setLevel', { level: 'info' });
  await client.ask(2, 'resources/subscribe', { uri: 'a:1' });
  await client.ask(3, 'logging/setLevel', { level: 'debug' });
  await client.ask(4, 'resources/unsubscribe', { uri: 'a:1' });
  expect([...client.retained]).toEqual([1, 2, 5]);
});

test('a new core begins the remote session from what is replayed, and the client hears nothing of it', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(server.url, { transport: 'auto' });
  client.replay(greeting);
  client.replay(initialized);
  client.replay({ jsonrpc: '2.0', id: 8, method: 'logging/setLevel', params: { level: 'debug' } });
  await client.until(() => server.count('POST logging/setLevel') === 1);
  expect(client.lines).toEqual([]);
  expect((await client.ask(9, 'tools/list')).result).toBeDefined();
  expect(server.seen()).toEqual([
    'POST initialize',
    'POST notifications/initialized',
    'GET',
    'POST logging/setLevel',
    'POST tools/list',
  ]);
  expect(server.requests[0]?.body).toBe(JSON.stringify(greeting));
});

test('what is replayed but no message is passed over', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(server.url);
  for (const bad of ['{', '[]', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) client.replay(bad);
  await client.greet();
  expect((await client.ask(1, 'tools/list')).result).toBeDefined();
});

test('a call with a progress token of another one does not silence it when that ends', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.ask(1, 'tools/call', { _meta: { progressToken: 'same' } });
  expect((await client.ask(2, 'tools/call', { _meta: { progressToken: 'same' } })).result).toBeDefined();
});
