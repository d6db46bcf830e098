import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newEndpointSetting, until } from '../support/endpoint-process.ts';
import { isCore, processesOf } from '../support/processes.ts';
import { ordinaryServer, startScriptedServer, type ScriptedRequest } from '../support/scripted-server.ts';

const isCall = (request: ScriptedRequest) => request.rpc.method === 'tools/call';
const call = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'tools/call' });
const distFolder = join(import.meta.dirname, '../../dist');

test('needs no configuration: it starts a core and forwards to the URL', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  expect((await endpoint.ask(1, 'tools/call', { a: 1 })).result).toEqual({
    called: 'tools/call',
    params: { a: 1 },
  });
});

test('ends within 2 s of the end of its input, a call still open, and ends the remote session', async () => {
  await using server = await startScriptedServer(ordinaryServer(isCall));
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  endpoint.say(call(1));
  await until(() => server.count('POST tools/call') === 1, 'the call arrived');
  endpoint.child.stdin.end();
  const { status, afterMs } = await endpoint.ended();
  expect(status).toBe(0);
  expect(afterMs).toBeLessThan(20_000);
  expect(endpoint.answersTo(1)[0]?.error).toBeDefined();
  await until(() => server.count('DELETE') === 1, 'DELETE');
});

test('writes the last answers before it ends', async () => {
  // More than a pipe holds, and not so much that a busy machine takes seconds for it: no answer is waited for longer.
  const big = 'x'.repeat(1 << 20);
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (!isCall(request)) return false;
      request.result({ big });
      return true;
    }),
  );
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  // One after the other without a pause: the answer comes after the end.
  endpoint.say(call(1));
  endpoint.child.stdin.end();
  await endpoint.ended();
  await until(() => endpoint.answersTo(1).length === 1, 'the whole answer');
  expect(endpoint.answersTo(1)[0]?.result?.['big']).toHaveLength(big.length);
});

test('ends on SIGTERM as on the end of its input', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  endpoint.child.kill('SIGTERM');
  expect((await endpoint.ended()).status).toBe(0);
  await until(() => server.count('DELETE') === 1, 'DELETE');
});

test('answers what a killed core left open, and goes on with a new one as if nothing had been', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => isCall(request) && request.rpc.id !== 'next'),
  );
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  await endpoint.ask('level', 'logging/setLevel', { level: 'debug' });
  await until(() => server.count('GET') === 1, 'GET');
  for (const id of [1, '1', 2]) endpoint.say(call(id));
  endpoint.say('{"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call"}');
  await until(() => server.count('POST tools/call') === 4, 'the calls arrived');
  endpoint.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
  const killed = setting.corePid();
  const at = performance.now();
  setting.killCore();
  await until(() => endpoint.heard.filter((each) => each.error !== undefined).length === 3, 'three errors');
  expect(performance.now() - at).toBeLessThan(2_000);
  expect(endpoint.answersTo(1)[0]?.error?.data?.code).toBe('core_lost');
  expect(endpoint.answersTo('1')).toHaveLength(1);
  expect(endpoint.lines.some((line) => line.includes('"id":12345678901234567890,'))).toBe(true);

  expect((await endpoint.ask('next', 'tools/call')).result).toBeDefined();
  expect(setting.corePid()).not.toBe(killed);
  expect(endpoint.answersTo(2)).toEqual([]);
  expect(endpoint.answersTo('g')).toHaveLength(1);
  expect(endpoint.answersTo('level')).toHaveLength(1);
  const renewed = server.requests.slice(server.seen().lastIndexOf('POST initialize')).map(({ what }) => what);
  expect(renewed).toEqual([
    'POST initialize',
    'POST notifications/initialized',
    'GET',
    'POST logging/setLevel',
    'POST tools/call',
  ]);
});

test('a core that is killed again and again while it is asked to initialize costs the client nothing', async () => {
  let greetings = 0;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'initialize') return false;
      greetings += 1;
      if (greetings > 2) return false;
      setting.killCore();
      return true;
    }),
  );
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  expect(endpoint.answersTo('g')[0]?.result).toBeDefined();
  expect((await endpoint.ask(1, 'tools/list')).result).toBeDefined();
});

test.runIf(process.platform === 'linux')('20 endpoints at once start one core', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using setting = newEndpointSetting();
  const endpoints = Array.from({ length: 20 }, () => setting.start(server.url.href));
  await Promise.all(endpoints.map((endpoint) => endpoint.greet()));
  for (const endpoint of endpoints) expect((await endpoint.ask(1, 'tools/list')).result).toBeDefined();
  const cores = () => processesOf(setting.profile.paths.home).filter(isCore);
  // One that came too late may still be about to notice.
  await until(
    () => cores().length === 1,
    () => `one core, not ${cores().length}`,
    5_000,
  );
  expect(cores()[0]?.pid).toBe(setting.corePid());
});

test('answers initialize with an error when no core can be started', async () => {
  await using setting = newEndpointSetting();
  const alone = join(setting.profile.paths.home, 'stdio.cjs');
  copyFileSync(join(distFolder, 'stdio.cjs'), alone);
  const endpoint = setting.start('http://127.0.0.1:9/mcp', { program: alone });
  const at = performance.now();
  const { error } = await endpoint.ask('g', 'initialize');
  expect(error?.data?.code).toBe('core_unreachable');
  expect(performance.now() - at).toBeLessThan(30_000);
  endpoint.child.stdin.end();
  expect((await endpoint.ended()).afterMs).toBeLessThan(20_000);
});

test('answers with a reason, and ends, when the core does not know the container', async () => {
  await using setting = newEndpointSetting();
  const endpoint = setting.start('nobody');
  const { error } = await endpoint.ask('g', 'initialize');
  expect(error?.data?.code).toBe('container_unknown');
  expect(endpoint.errors()).toContain('nobody');
  expect((await endpoint.ended()).status).toBe(1);
});

test('answers a line of 65 MiB with an error and takes the next one', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  endpoint.say(Buffer.alloc(65 << 20, 'x'));
  expect((await endpoint.ask(1, 'tools/list')).result).toBeDefined();
  expect(endpoint.answersTo(null)[0]?.error?.data?.code).toBe('message_too_large');
});

test('carries a line of 60 MiB there and back', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  const text = 'x'.repeat(60 << 20);
  expect((await endpoint.ask(1, 'tools/call', { text })).result).toEqual({
    called: 'tools/call',
    params: { text },
  });
});

test('answers bad lines through the whole path, each with an error', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using setting = newEndpointSetting();
  const endpoint = setting.start(server.url.href);
  await endpoint.greet();
  endpoint.say('not json');
  endpoint.say(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
  endpoint.say('[{"jsonrpc":"2.0","id":5,"method":"ping"}]');
  endpoint.say('{"jsonrpc":"2.0","id":null,"method":"ping"}');
  endpoint.say('{"jsonrpc":"2.0","id":8,"method":8}');
  expect((await endpoint.ask(1, 'tools/list')).result).toBeDefined();
  expect(endpoint.answersTo(null).map(({ error }) => error?.code)).toEqual([-32700, -32700, -32600, -32600]);
  expect(endpoint.answersTo(8)[0]?.error?.code).toBe(-32600);
});

test.runIf(process.platform === 'linux')(
  'a client that stops reading stops its container, costs the core little, and may still end',
  async () => {
    const total = 100_000;
    let written = 0;
    await using server = await startScriptedServer(
      ordinaryServer((request) => {
        if (!isCall(request)) return false;
        const { response } = request;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const padding = 'x'.repeat(2_000);
        const write = () => {
          while (written < total && !response.destroyed) {
            written += 1;
            const message = { jsonrpc: '2.0', method: 'notifications/message', params: { written, padding } };
            if (!response.write(`data: ${JSON.stringify(message)}\n\n`)) {
              response.once('drain', write);
              return;
            }
          }
        };
        write();
        return true;
      }),
    );
    await using setting = newEndpointSetting();
    const other = setting.start(server.url.href);
    await other.greet();
    const residentMiB = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${setting.corePid()}/status`, 'utf8'))?.[1]) / 1024;
    const before = residentMiB();
    const endpoint = setting.start(server.url.href, { read: false });
    endpoint.say({ jsonrpc: '2.0', id: 'g', method: 'initialize', params: {} });
    endpoint.say({ jsonrpc: '2.0', method: 'notifications/initialized' });
    endpoint.say(call(1));
    await until(() => written > 100, 'it has begun');
    let last = -1;
    while (last !== written) {
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(written).toBeLessThan(total / 4);
    expect(residentMiB() - before).toBeLessThan(100);
    expect((await other.ask(2, 'tools/list')).result).toBeDefined();
    endpoint.child.stdin.end();
    const { afterMs } = await endpoint.ended();
    expect(afterMs).toBeLessThan(20_000);
    await until(
      () => server.requests.some((request) => isCall(request) && request.aborted),
      'its stream has ended',
    );
  },
);
