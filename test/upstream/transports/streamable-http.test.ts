import { expect, test } from 'vitest';
import { ordinaryServer, startScriptedServer, type ScriptedRequest } from '../../support/scripted-server.ts';
import { initialized, openSessionClient } from '../../support/session-client.ts';

const isCall = (request: ScriptedRequest) => request.rpc.method === 'tools/call';

test('names the session and the protocol version of the initialize result in everything after it', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'initialize') return false;
      const stream = request.stream({ 'mcp-session-id': 'over-sse' });
      const result = {
        protocolVersion: '2025-06-18',
        capabilities: {},
        serverInfo: { name: 's', version: '1' },
      };
      stream.event({ jsonrpc: '2.0', id: 'g', result });
      stream.end();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.ask(1, 'tools/list');
  await client.session.close();
  const [first, ...rest] = server.requests;
  expect(first?.headers).toMatchObject({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  });
  expect(first?.headers['mcp-session-id']).toBeUndefined();
  expect(rest.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'DELETE']);
  for (const { headers } of rest) {
    expect(headers['mcp-session-id']).toBe('over-sse');
    expect(headers['mcp-protocol-version']).toBe('2025-06-18');
  }
});

test('does not put a strange protocol version into a header', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'initialize') return false;
      request.result({
        protocolVersion: 'a\r\nb',
        capabilities: {},
        serverInfo: { name: 's', version: '1' },
      });
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.ask(1, 'tools/list');
  expect(server.requests.at(-1)?.headers['mcp-protocol-version']).toBeUndefined();
});

test.each<[string, string, (request: ScriptedRequest) => void]>([
  ['a web page', 'not_mcp', (r) => r.response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
  ['truncated JSON', 'protocol_violation', (r) => r.json('{"jsonrpc":"2.0","id":1,"resu')],
  ['the wrong id', 'protocol_violation', (r) => r.json({ jsonrpc: '2.0', id: 2, result: {} })],
  ['its id as another type', 'protocol_violation', (r) => r.json({ jsonrpc: '2.0', id: '1', result: {} })],
  ['invalid UTF-8', 'protocol_violation', (r) => r.json(Buffer.from([0x7b, 0xff]).toString('latin1'))],
  ['nothing', 'protocol_violation', (r) => r.status(202)],
  ['a stream without the answer', 'connection_lost', (r) => r.stream().end()],
  [
    'a stream with the wrong id',
    'connection_lost',
    (r) => {
      const s = r.stream();
      s.event({ jsonrpc: '2.0', id: 2, result: {} });
      s.end();
    },
  ],
  ['a page for 500', 'http_refused', (r) => r.status(500, '<html>', { 'content-type': 'text/html' })],
  ['a redirect', 'http_refused', (r) => r.status(307, '', { location: 'http://127.0.0.1:1/' })],
  ['a refused credential', 'unauthorized', (r) => r.status(401)],
  ['a refused request', 'forbidden', (r) => r.status(403)],
  [
    'a refusal in a word of OAuth’s',
    'forbidden',
    (r) => r.status(403, '{"error": "access_denied"}', { 'content-type': 'application/json' }),
  ],
  ['too little room', 'overloaded', (r) => r.status(503)],
  ['a reset instead of an answer', 'connection_lost', (r) => void r.response.socket?.resetAndDestroy()],
  [
    'a reset in the middle of an answer',
    'connection_lost',
    (r) => {
      r.response.writeHead(200, { 'content-type': 'application/json' });
      r.response.write('{"jsonrpc":"2.0",', () => void r.response.socket?.resetAndDestroy());
    },
  ],
])(
  'a container that answers a call with %s makes it one error, and is asked once',
  async (_name, code, answer) => {
    await using server = await startScriptedServer(
      ordinaryServer((request) => {
        if (!isCall(request)) return false;
        answer(request);
        return true;
      }),
    );
    await using client = openSessionClient(server.url);
    await client.greet();
    expect((await client.ask(1, 'tools/call')).error?.data?.code).toBe(code);
    expect((await client.ask(2, 'tools/list')).result).toBeDefined();
    expect(client.answersTo(1)).toHaveLength(1);
    expect(server.count('POST tools/call')).toBe(1);
  },
);

test.each(['application/json', 'text/event-stream'])(
  'stops at 64 MiB of an endless body of %s',
  async (type) => {
    await using server = await startScriptedServer(
      ordinaryServer((request) => {
        if (!isCall(request)) return false;
        const { response } = request;
        response.writeHead(200, { 'content-type': type });
        const chunk = Buffer.alloc(1 << 20, 'x');
        response.write('data: "');
        const write = () => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once('drain', write);
        };
        write();
        return true;
      }),
    );
    await using client = openSessionClient(server.url);
    await client.greet();
    expect((await client.ask(1, 'tools/call')).error?.data?.code).toBe('answer_too_large');
    await client.until(() => server.requests.some((request) => isCall(request) && request.aborted));
  },
);

test('delivers the JSON-RPC error behind a refusal as the answer, with the request’s id', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (!isCall(request)) return false;
      const error = { code: -32602, message: 'Bad params', data: { x: 1 } };
      request.status(400, JSON.stringify({ jsonrpc: '2.0', id: null, error }), {
        'content-type': 'application/json',
      });
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  const { error } = await client.ask(1, 'tools/call');
  expect(error).toEqual({ code: -32602, message: 'Bad params', data: { x: 1 } });
});

/** Knows only its newest session, as a container that was restarted does. */
function forgetful() {
  let current = 0;
  const state = { forget: () => (current += 1) };
  let sessions = 0;
  return {
    state,
    script: (own: (request: ScriptedRequest) => boolean = () => false) =>
      ordinaryServer((request) => {
        if (request.rpc.method === 'initialize') {
          sessions += 1;
          request.result(
            { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's', version: '1' } },
            { 'mcp-session-id': `${current}.${sessions}` },
          );
          return true;
        }
        if (!String(request.headers['mcp-session-id']).startsWith(`${current}.`)) {
          request.status(404);
          return true;
        }
        return own(request);
      }),
  };
}

test('begins a lost session anew once for 50 calls, from the client’s own bytes and all it has set up', async () => {
  const { state, script } = forgetful();
  await using server = await startScriptedServer(
    script((request) => {
      if (!isCall(request)) return false;
      setTimeout(() => request.result({ ok: request.rpc.id }), 20);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  const greetingLine = `{"jsonrpc":"2.0", "id":"g","method":"initialize","params":{"x":1.0,"protocolVersion":"2025-11-25","capabilities":{}}}`;
  client.say(greetingLine);
  const told = client.say(initialized);
  await client.until(() => client.settled.includes(told));
  await client.ask('l', 'logging/setLevel', { level: 'debug' });
  await client.ask('s', 'resources/subscribe', { uri: 'a:1' });
  const before = server.requests.length;
  state.forget();
  for (let id = 1; id <= 50; id += 1) client.say({ jsonrpc: '2.0', id, method: 'tools/call' });
  await client.until(() =>
    Array.from({ length: 50 }, (_, n) => n + 1).every((id) => client.answersTo(id).length > 0),
  );
  for (let id = 1; id <= 50; id += 1)
    expect(client.answersTo(id).map((each) => each.result)).toEqual([{ ok: id }]);
  const after = server.requests.slice(before);
  const renewal = after.filter(({ what, method }) => what !== 'POST tools/call' && method === 'POST');
  expect(renewal.map(({ rpc }) => rpc.method)).toEqual([
    'initialize',
    'notifications/initialized',
    'logging/setLevel',
    'resources/subscribe',
  ]);
  expect(renewal[0]?.body).toBe(greetingLine);
  expect(client.answersTo('g')).toHaveLength(1);
  expect(client.answersTo('l')).toHaveLength(1);
});

test('a renewal that fails is one failure for all that wait, and the next call tries again', async () => {
  const { state, script } = forgetful();
  let down = false;
  const inner = script();
  await using server = await startScriptedServer((request) => {
    if (down && request.rpc.method === 'initialize') setTimeout(() => request.status(500), 50);
    else return inner(request);
  });
  await using client = openSessionClient(server.url);
  await client.greet();
  state.forget();
  down = true;
  const before = server.count('POST initialize');
  for (let id = 1; id <= 20; id += 1) client.say({ jsonrpc: '2.0', id, method: 'tools/call' });
  await client.until(() =>
    Array.from({ length: 20 }, (_, n) => n + 1).every((id) => client.answersTo(id).length > 0),
  );
  for (let id = 1; id <= 20; id += 1) expect(client.answersTo(id)[0]?.error?.data?.code).toBe('http_refused');
  expect(server.count('POST initialize') - before).toBeLessThanOrEqual(2);
  down = false;
  expect((await client.ask(21, 'tools/call')).result).toBeDefined();
});

test('an answer to a question of a lost session is not put to the new one', async () => {
  const { state, script } = forgetful();
  await using server = await startScriptedServer(
    script((request) => {
      if (!isCall(request)) return false;
      request.stream().event({ jsonrpc: '2.0', id: 'q', method: 'roots/list' });
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  await client.until(() => client.heardOf('roots/list').length === 1);
  state.forget();
  client.say({ jsonrpc: '2.0', id: 'q', result: { roots: [] } });
  await client.ask(2, 'tools/list');
  expect(server.requests.filter(({ rpc }) => rpc.result !== undefined)).toHaveLength(1);
});

test('what a container asks as soon as its new session is there is answered', async () => {
  const { state, script } = forgetful();
  let questions = 0;
  await using server = await startScriptedServer(
    script((request) => {
      if (request.method !== 'GET') return false;
      questions += 1;
      request.stream().event({ jsonrpc: '2.0', id: `q${questions}`, method: 'roots/list' });
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  state.forget();
  await client.ask(1, 'tools/list');
  await client.until(() => client.heardOf('roots/list').length === 2);
  client.say({ jsonrpc: '2.0', id: 'q2', result: { roots: [] } });
  await client.until(() => server.requests.some(({ rpc }) => rpc.id === 'q2' && rpc.result !== undefined));
});

test('an answer that comes while the session begins anew is not put to the new one', async () => {
  const { state, script } = forgetful();
  let release: (() => void) | undefined;
  const begins = script((request) => {
    if (!isCall(request)) return false;
    request.stream().event({ jsonrpc: '2.0', id: 'q', method: 'roots/list' });
    return true;
  });
  let greetings = 0;
  await using server = await startScriptedServer((request) => {
    if (request.rpc.method !== 'initialize' || (greetings += 1) === 1) return begins(request);
    release = () => void begins(request);
  });
  await using client = openSessionClient(server.url);
  await client.greet();
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  await client.until(() => client.heardOf('roots/list').length === 1);
  state.forget();
  client.say({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  await client.until(() => release !== undefined);
  client.say({ jsonrpc: '2.0', id: 'q', result: { roots: [] } });
  release?.();
  await client.until(() => client.answersTo(2).length === 1);
  await client.ask(3, 'tools/list');
  expect(server.requests.filter(({ rpc }) => rpc.result !== undefined)).toEqual([]);
});

test('a container without sessions that has nothing at GET is not begun anew', async () => {
  await using server = await startScriptedServer((request) => {
    if (request.method === 'GET') request.status(404);
    else if (request.rpc.method === 'initialize')
      request.result({
        protocolVersion: '2025-11-25',
        capabilities: {},
        serverInfo: { name: 's', version: '1' },
      });
    else if (request.rpc.id === undefined) request.status(202);
    else request.result({});
  });
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.ask(1, 'tools/list');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(server.count('POST initialize')).toBe(1);
  expect(server.count('GET')).toBe(1);
});

test('a session whose stream is never found is not begun anew for that', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.method !== 'GET') return false;
      request.status(404);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(server.count('POST initialize')).toBe(1);
});

test('hears on its stream that the session is lost, and begins it anew without being asked', async () => {
  const { state, script } = forgetful();
  let end: () => void = () => undefined;
  await using server = await startScriptedServer(
    script((request) => {
      if (request.method !== 'GET') return false;
      const stream = request.stream();
      end = () => stream.end();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  state.forget();
  end();
  await client.until(() => server.count('POST initialize') === 2);
  await client.until(() => server.count('POST notifications/initialized') === 2);
});

test('405 to GET is no reason to ask again', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.method !== 'GET') return false;
      request.status(405);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  expect(server.count('GET')).toBe(1);
});

test('listens again when its stream ends, behind the last event, after 409 and after the time it was given', async () => {
  let gets = 0;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.method !== 'GET') return false;
      gets += 1;
      if (gets === 2) {
        request.status(409);
        return true;
      }
      const stream = request.stream();
      stream.raw('retry: 30\n\n');
      stream.event({ jsonrpc: '2.0', method: 'notifications/message', params: { gets } }, { id: `e${gets}` });
      if (gets === 1) stream.end();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.until(() => client.heardOf('notifications/message').length === 2);
  const last = server.requests
    .filter(({ method }) => method === 'GET')
    .map(({ headers }) => headers['last-event-id']);
  expect(last).toEqual([undefined, 'e1', 'e1']);
});

test('takes up a broken answer behind the last whole event, after the time the container asked for', async () => {
  let at = 0;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (isCall(request)) {
        const stream = request.stream();
        stream.raw('id: 1\nretry: 200\ndata:\n\n');
        stream.event({ jsonrpc: '2.0', method: 'notifications/message', params: { n: 1 } }, { id: '2' });
        // Cut off: this event was never whole, so it must come again.
        stream.raw('id: 3\ndata: {"jsonrpc":"2.0","id":1,');
        at = performance.now();
        setTimeout(() => stream.reset(), 50);
        return true;
      }
      if (request.method !== 'GET' || request.headers['last-event-id'] === undefined) return false;
      at = performance.now() - at;
      const stream = request.stream();
      stream.event({ jsonrpc: '2.0', id: 1, result: { whole: true } }, { id: '3' });
      stream.end();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  expect((await client.ask(1, 'tools/call')).result).toEqual({ whole: true });
  expect(server.requests.at(-1)?.headers['last-event-id']).toBe('2');
  expect(at).toBeGreaterThan(200);
  expect(server.count('POST tools/call')).toBe(1);
  expect(client.heardOf('notifications/message')).toHaveLength(1);
});

test('does not ask for ever for the rest of an answer that never goes on', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (!isCall(request) && request.headers['last-event-id'] === undefined) return false;
      const stream = request.stream();
      if (isCall(request)) stream.raw('id: 1\nretry: 1\ndata:\n\n');
      stream.end();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  expect((await client.ask(1, 'tools/call')).error?.data?.code).toBe('connection_lost');
  expect(server.requests.filter(({ headers }) => headers['last-event-id'] === '1').length).toBeLessThan(10);
});

test('an answer that comes over the other stream counts, and its own stream is left', async () => {
  let other: ReturnType<ScriptedRequest['stream']> | undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.method === 'GET') other = request.stream();
      else if (isCall(request)) {
        request.stream();
        other?.event({ jsonrpc: '2.0', id: 1, result: { other: true } });
      } else return false;
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  expect((await client.ask(1, 'tools/call')).result).toEqual({ other: true });
  await client.until(
    () => server.requests.some((request) => isCall(request) && request.aborted),
    'the end of it',
  );
});

test('sends a call again that was refused for now, when the container says', async () => {
  let tries = 0;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (!isCall(request)) return false;
      tries += 1;
      if (tries > 2) request.result({ tries });
      else
        request.status(429, '', {
          'retry-after': tries === 1 ? '0' : new Date(Date.now() - 1000).toUTCString(),
        });
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  expect((await client.ask(1, 'tools/call')).result).toEqual({ tries: 3 });
});

test('sends what only reads again after 503 with Retry-After, but no call, and nothing after more than a minute', async () => {
  const wait = { 'tools/list': '0', 'tools/call': '0', 'prompts/list': '61' } as Record<string, string>;
  const seen = new Set<string>();
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      const { method = '' } = request.rpc;
      const after = wait[method];
      if (after === undefined || seen.has(method)) return false;
      seen.add(method);
      request.status(503, '', { 'retry-after': after });
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  expect((await client.ask(1, 'tools/list')).result).toBeDefined();
  expect((await client.ask(2, 'tools/call')).error?.data?.code).toBe('overloaded');
  expect((await client.ask(3, 'prompts/list')).error?.data?.code).toBe('overloaded');
  expect([
    server.count('POST tools/list'),
    server.count('POST tools/call'),
    server.count('POST prompts/list'),
  ]).toEqual([2, 1, 1]);
});

test('sends a call again that never left: the container was not up yet', async () => {
  const first = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(first.url);
  await client.greet();
  await first.close();
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  await new Promise((resolve) => setTimeout(resolve, 150));
  await using second = await startScriptedServer(ordinaryServer(), first.port);
  await client.until(() => client.answersTo(1).length === 1);
  expect(client.answersTo(1)[0]?.result).toBeDefined();
  expect(second.count('POST tools/call')).toBe(1);
});

test('1,000 calls that break off are answered with an error each, and none is sent twice', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (!isCall(request)) return false;
      if (Number(request.rpc.id) % 2 === 0) request.result({});
      else request.response.socket?.destroy();
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  for (let id = 1; id <= 1_000; id += 1) client.say({ jsonrpc: '2.0', id, method: 'tools/call' });
  await client.until(() => client.heard.length >= 1_001);
  for (let id = 1; id <= 1_000; id += 1) {
    expect(client.answersTo(id)).toHaveLength(1);
    expect(client.answersTo(id)[0]?.error === undefined).toBe(id % 2 === 0);
  }
  const ids = server.requests.filter(isCall).map(({ rpc }) => rpc.id);
  expect(new Set(ids).size).toBe(ids.length);
});
