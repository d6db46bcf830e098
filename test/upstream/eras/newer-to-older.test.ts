import { expect, test } from 'vitest';
import { answerTo, begin, claims, params, question } from '../../support/newer-client.ts';
import { startOlderContainer, type OlderContainer } from '../../support/older-container.ts';
import { openSessionClient } from '../../support/session-client.ts';

const client = (container: OlderContainer) => openSessionClient(container.server.url, { transport: 'auto' });

test('a question on the stream of a call is put to that call, however many are under way', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  const first = await begin(container, from, [1]);
  const second = await begin(container, from, [2]);
  first.stream.event(question('q', 'sampling/createMessage', { maxTokens: 10, messages: [] }));
  const asked = await answerTo(from, 1);
  expect(asked.result).toEqual({
    resultType: 'input_required',
    inputRequests: {
      'question-1': { method: 'sampling/createMessage', params: { maxTokens: 10, messages: [] } },
    },
    requestState: expect.any(String) as string,
  });
  second.stream.event({ jsonrpc: '2.0', id: second.id, result: { content: [] } });
  expect((await answerTo(from, 2)).result).toMatchObject({ resultType: 'complete', content: [] });

  const answer = { role: 'assistant', model: 'm', content: { type: 'text', text: 'é' } };
  from.say({
    jsonrpc: '2.0',
    id: 3,
    method: 'tools/call',
    params: params({
      inputResponses: { 'question-1': answer },
      requestState: asked.result?.['requestState'],
    }),
  });
  await from.until(() => container.said(undefined).length === 1, 'the answer');
  expect(container.said(undefined)).toEqual([{ jsonrpc: '2.0', id: 'q', result: answer }]);
  first.stream.event({ jsonrpc: '2.0', id: first.id, result: { content: [], structuredContent: { n: 1 } } });
  expect((await answerTo(from, 3)).result).toMatchObject({
    resultType: 'complete',
    structuredContent: { n: 1 },
  });
  expect(container.calls).toHaveLength(2);
});

test('what the container asks on the stream of all is put to the call that began last', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  await begin(container, from, [1]);
  await begin(container, from, [2]);
  container.streams[0]?.event(question('q', 'roots/list'));
  expect((await answerTo(from, 2)).result).toMatchObject({ inputRequests: { 'question-1': {} } });
  expect(from.answersTo(1)).toEqual([]);
});

test('what the container asks about nothing, or about what cannot be asked, is refused', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  await from.ask(1, 'tools/list', params());
  container.streams[0]?.event(question('a', 'roots/list'));
  container.streams[0]?.event(question('b', 'ping'));
  await from.until(() => container.said(undefined).length === 2, 'two answers');
  const call = await begin(container, from, [2]);
  call.stream.event(question('c', 'tasks/list'));
  await from.until(() => container.said(undefined).length === 3, 'three answers');
  const refused = { code: -32601, message: expect.any(String) as string };
  expect(container.said(undefined)).toEqual(
    expect.arrayContaining([
      { jsonrpc: '2.0', id: 'a', error: refused },
      { jsonrpc: '2.0', id: 'b', result: {} },
      { jsonrpc: '2.0', id: 'c', error: refused },
    ]),
  );
  expect(from.heard.map(({ id }) => id)).toEqual([1]);
});

test('questions that come while the client is away are put to it when it comes back', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  const call = await begin(container, from, [1]);
  call.stream.event(question('a', 'elicitation/create', { message: '1', requestedSchema: {} }));
  const { result } = await answerTo(from, 1);
  call.stream.event(question('b', 'elicitation/create', { message: '2', requestedSchema: {} }));
  call.stream.event(question('c', 'elicitation/create', { message: '3', requestedSchema: {} }));
  call.stream.event({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'b' } });
  const brought = {
    inputResponses: { 'question-1': { action: 'decline' } },
    requestState: result?.['requestState'],
  };
  const again = await from.ask(2, 'tools/call', params(brought));
  expect(again.result?.['inputRequests']).toEqual({
    'question-3': { method: 'elicitation/create', params: { message: '3', requestedSchema: {} } },
  });
  expect(container.said(undefined)).toEqual([{ jsonrpc: '2.0', id: 'a', result: { action: 'decline' } }]);
});

test('a round whose call is not waiting any more is refused, and runs nothing', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  const answers = await Promise.all([
    from.ask(1, 'tools/call', params({ requestState: 'of-an-earlier-core' })),
    from.ask(2, 'tools/call', params({ inputResponses: {} })),
  ]);
  for (const { error } of answers) expect(error?.message).toContain('not waiting any more');
  expect(container.calls).toEqual([]);

  const call = await begin(container, from, [3]);
  call.stream.event(question('a', 'roots/list'));
  const { result } = await answerTo(from, 3);
  const round = params({ requestState: result?.['requestState'], inputResponses: {} });
  const [once, twice] = await Promise.all([
    from.ask(4, 'tools/call', round),
    from.ask(5, 'tools/call', round),
  ]);
  expect([once.result?.['resultType'], twice.error?.code]).toEqual(['input_required', -32600]);
  expect(container.calls).toHaveLength(1);
});

test('a cancelled round ends the call at the container', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  const call = await begin(container, from, [1]);
  call.stream.event(question('a', 'roots/list'));
  const { result } = await answerTo(from, 1);
  const answers = { 'question-1': { roots: [] } };
  const round = params({ requestState: result?.['requestState'], inputResponses: answers });
  from.say({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: round });
  await from.until(() => container.said(undefined).length === 1, 'the answer');
  from.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
  await from.until(() => container.said('notifications/cancelled').length === 1, 'the cancellation');
  expect(container.said('notifications/cancelled')[0]?.['params']).toEqual({ requestId: call.id });
  await expect.poll(() => call.request.aborted).toBe(true);
  expect(from.answersTo(2)).toEqual([]);
});

test('what a client leaves is ended with it', async () => {
  await using container = await startOlderContainer();
  const from = client(container);
  const call = await begin(container, from, [1]);
  call.stream.event(question('a', 'roots/list'));
  await answerTo(from, 1);
  await from[Symbol.asyncDispose]();
  await expect.poll(() => call.request.aborted).toBe(true);
  await expect.poll(() => container.server.seen().at(-1)).toBe('DELETE');
});

test('links that a call needs are put as questions, and it runs when they were dealt with', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  const shown = { mode: 'url', url: 'https://example.com/consent', message: 'Agree' };
  const link = { ...shown, elicitationId: 'e1' };
  const refuse = (call: Awaited<ReturnType<typeof begin>>) => {
    const error = { code: -32042, message: 'Agree first.', data: { elicitations: [link] } };
    call.stream.event({ jsonrpc: '2.0', id: call.id, error });
  };
  refuse(await begin(container, from, [1]));
  const { result } = await answerTo(from, 1);
  expect(result?.['inputRequests']).toEqual({ e1: { method: 'elicitation/create', params: shown } });
  const round = params({
    requestState: result?.['requestState'],
    inputResponses: { e1: { action: 'accept' } },
  });
  from.say({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: round });
  expect(container.calls).toHaveLength(1);
  const complete = 'notifications/elicitation/complete';
  container.streams[0]?.event({ jsonrpc: '2.0', method: complete, params: { elicitationId: 'e1' } });
  await from.until(() => container.calls.length === 2, 'the call');
  const [, again] = container.calls;
  expect(again?.request.rpc.params).toEqual({ name: 'x' });
  again?.stream.event({ jsonrpc: '2.0', id: again.request.rpc.id, result: { content: [] } });
  expect((await answerTo(from, 2)).result).toMatchObject({ resultType: 'complete' });

  refuse(await begin(container, from, [3]));
  const declined = params({
    requestState: (await answerTo(from, 3)).result?.['requestState'],
    inputResponses: { e1: { action: 'decline' } },
  });
  expect((await from.ask(4, 'tools/call', declined)).error?.code).toBe(-32042);
  expect(container.calls).toHaveLength(3);

  const unable = { name: 'x', _meta: claims({}, { elicitation: { form: {} } }) };
  refuse(await begin(container, from, [5, unable]));
  expect((await answerTo(from, 5)).error?.code).toBe(-32042);
});
