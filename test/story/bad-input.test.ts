import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { floodCount, misbehaviours, startHostileServer } from '../support/hostile-server.ts';
import type { LineClient, RpcMessage } from '../support/line-client.ts';
import { watchMemory, type MemoryWatch } from '../support/processes.ts';
import { startQuickServer, type QuickServer } from '../support/quick-server.ts';
import type { WebServer } from '../support/web-server.ts';

/** Room for a few messages of the largest size beside the program itself. */
const memoryBoundMiB = 400;

let hostile: WebServer;
let quick: QuickServer;
let profile: Profile;
let client: LineClient;
let neighbour: Neighbour;
let memory: MemoryWatch;

beforeEach(async () => {
  [hostile, quick] = await Promise.all([startHostileServer(), startQuickServer()]);
  profile = openProfile();
  client = profile.endpoint([hostile.url.href, '--timeout', '3']);
  await client.open();
  neighbour = await callForEver(profile.endpoint([quick.url]));
  memory = watchMemory(await profile.corePid());
});

/** Whatever happened: the core is bounded and alive, the client can go on, and nobody else has noticed anything. */
afterEach(async () => {
  try {
    const answered = await neighbour.stop();
    expect(answered.length).toBeGreaterThan(20);
    expect(answered).toEqual(answered.map((_, call) => JSON.stringify({ call })));
    expect((await client.call('fine')).result).toEqual({});
    expect(profile.cores()).toEqual([await profile.corePid()]);
    expect(memory.peak()).toBeLessThan(memoryBoundMiB);
  } finally {
    await profile[Symbol.asyncDispose]();
    await Promise.all([hostile[Symbol.asyncDispose](), quick[Symbol.asyncDispose]()]);
  }
});

interface Neighbour {
  /** @returns the text of each answer */
  stop(): Promise<string[]>;
}

/** A well-behaved client on another container, which calls again as soon as it has its answer. */
async function callForEver(other: LineClient): Promise<Neighbour> {
  await other.open();
  const answered: string[] = [];
  const until = new AbortController();
  const calling = (async () => {
    for (let call = 0; !until.signal.aborted || call < 30; call += 1) {
      const { result } = await other.call('echo', { call });
      answered.push((result as { content: { text: string }[] } | undefined)?.content[0]?.text ?? 'no answer');
    }
  })();
  return {
    async stop() {
      until.abort();
      await calling;
      return answered;
    },
  };
}

const codeOf = ({ error }: RpcMessage) => error?.data?.code;

test('lines that are no message get an error with id null, and the next message is read', async () => {
  const refusals: [string | Buffer, string][] = [
    ['{"jsonrpc":"2.0","id":', 'parse_error'],
    [Buffer.from([...Buffer.from('{"jsonrpc":"2.0","id":1,"method":"'), 0xff, 0x22, 0x7d]), 'parse_error'],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 'invalid_request'],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', 'invalid_request'],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', 'invalid_request'],
    ['"hello"', 'invalid_request'],
    [Buffer.alloc(65 * 1024 * 1024, 'x'), 'message_too_large'],
  ];
  for (const [index, [line, code]] of refusals.entries()) {
    client.write(line);
    await expect.poll(() => client.strays.length).toBe(index + 1);
    expect({ id: client.strays[index]?.id, code: codeOf(client.strays[index]!) }).toEqual({ id: null, code });
  }
});

test('the second of two requests with one id in flight is refused, the first is answered', async () => {
  const first = client.call('drip', {}, 'same');
  client.write('{"jsonrpc":"2.0","id":"same","method":"tools/call","params":{"name":"fine"}}');
  expect(codeOf(await first)).toBe('invalid_request');
  // Its own answer comes second here, and the number 7 is not the text "7".
  expect((await Promise.all([client.call('fine', {}, 7), client.call('fine', {}, '7')])).map(codeOf)).toEqual(
    [undefined, undefined],
  );
  expect(codeOf(await client.stray(({ id }) => id === 'same'))).toBe('timed_out');
});

test('whatever the container answers, each call gets exactly one JSON-RPC error', async () => {
  const answers = await Promise.all(misbehaviours.map((name, index) => client.call(name, {}, index + 1_000)));
  const outcomes = Object.fromEntries(misbehaviours.map((name, index) => [name, codeOf(answers[index]!)]));

  expect(outcomes).toEqual({
    html: 'not_mcp',
    html_error: 'http_refused',
    no_body: 'protocol_violation',
    accepted: 'protocol_violation',
    wrong_id: 'protocol_violation',
    wrong_id_type: 'protocol_violation',
    wrong_id_event: 'connection_lost',
    truncated: 'protocol_violation',
    truncated_event: 'connection_lost',
    not_utf8: 'protocol_violation',
    reset: 'connection_lost',
    endless: 'answer_too_large',
    endless_event: 'answer_too_large',
    drip: 'timed_out',
  });
  expect(client.strays).toEqual([]);
});

test(
  '100,000 notifications wait for a client that has stopped reading, and all arrive when it reads',
  { timeout: 60_000 },
  async () => {
    // With the usual time limit: the call itself waits as long as its client does not read.
    const slow = profile.endpoint([hostile.url.href]);
    await slow.open();
    const endpoint = watchMemory(slow.pid);
    const answer = slow.call('flood');
    slow.child.stdout.pause();
    await sleep(2_000);
    expect(endpoint.peak()).toBeLessThan(memoryBoundMiB);
    slow.child.stdout.resume();

    expect((await answer).result).toEqual({});
    expect(slow.strays.map(({ params }) => params?.['index'])).toEqual(
      Array.from({ length: floodCount }, (_, index) => index),
    );
  },
);
