import { expect, test } from 'vitest';
import { consentFor, withConsent } from '../../shared/policy.ts';
import { openGoverned } from '../support/governed-client.ts';
import { ordinaryServer, startScriptedServer } from '../support/scripted-server.ts';

const cursor = { name: 'Cursor', path: '/opt/cursor' };
const program = Promise.resolve(cursor);
const ask = { consent: 'ask' } as const;

test('what a program asks waits for the person, who has nothing reach the container before', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  const governed = openGoverned(server.url, ask);
  await using first = governed.client({ program });
  await using second = governed.client({ program });
  let changes = 0;
  governed.policies.onChange(() => {
    changes += 1;
  });
  const greeted = [first, second].map((client) => client.greet());
  await first.until(() => governed.policies.pending().length > 0);
  await first.until(() => changes >= 2);
  expect(governed.policies.pending()).toEqual([
    { container: 'notes', program: 'Cursor', path: '/opt/cursor' },
  ]);
  expect(server.requests).toEqual([]);
  governed.decide(withConsent(ask, 'cursor', { allowed: true, paths: ['/opt/cursor'] }));
  await Promise.all(greeted);
  expect(governed.policies.pending()).toEqual([]);
  expect((await first.ask(1, 'tools/list')).result).toBeDefined();
});

test('one that nobody answers for is refused after a while, in words that say how to allow it', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openGoverned(server.url, ask, { personMs: 300 }).client({ program });
  const late = await client.ask(1, 'tools/list');
  expect(late.error?.data?.code).toBe('consent_needed');
  expect(late.error?.message).toContain('fairlead consent allow notes "Cursor"');
  expect(server.requests).toEqual([]);
});

test('one that is denied is refused in words, at once and later', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  const governed = openGoverned(server.url, ask);
  await using client = governed.client({ program });
  const denied = client.ask(2, 'tools/list');
  await client.until(() => governed.policies.pending().length === 1);
  governed.decide(withConsent(ask, 'Cursor', { allowed: false, paths: [] }));
  client.say({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
  client.say({ jsonrpc: '2.0', id: 'theirs', result: { roots: [] } });
  for (const answer of [await denied, await client.ask(3, 'tools/list')])
    expect(answer.error?.data?.code).toBe('consent_denied');
  expect(client.finished.every(({ outcome }) => outcome === 'denied')).toBe(true);
  expect(server.requests).toEqual([]);
  // It has asked for the same thing twice.
  expect(governed.recorded).toEqual([
    { kind: 'policy', container: 'notes', change: 'consent_asked', program: 'Cursor', path: '/opt/cursor' },
  ]);
});

test('the first use of a container by a program is noticed once it gets through, with consent or without', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  const governed = openGoverned(server.url);
  const used = () =>
    governed.recorded.filter((event) => event.kind === 'policy').map(({ program }) => program);
  for (const name of ['Cursor', 'Cursor', 'Zed']) {
    await using client = governed.client({ program: Promise.resolve({ name }) });
    await client.greet();
  }
  expect(used()).toEqual(['Cursor', 'Zed']);
  governed.decide({ ...withConsent(ask, 'Goose', { allowed: false, paths: [] }) });
  await using goose = governed.client({ program: Promise.resolve({ name: 'Goose' }) });
  await goose.ask(1, 'tools/list');
  expect(used()).toEqual(['Cursor', 'Zed']);
  governed.decide({});
  await goose.ask(2, 'tools/list');
  expect(used()).toEqual(['Cursor', 'Zed', 'Goose']);
  // One that had ended before it was looked at, or of a system that does not tell, is not one program.
  await using unknown = governed.client({ program: Promise.resolve(undefined) });
  await unknown.ask(3, 'tools/list');
  expect(used()).toEqual(['Cursor', 'Zed', 'Goose']);
});

test('a request that is withdrawn waits no more, and a program that is not known is asked about as such', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  const governed = openGoverned(server.url, ask);
  await using client = governed.client();
  client.say({ jsonrpc: '2.0', id: 'w', method: 'tools/list' });
  await client.until(() => governed.policies.pending()[0]?.program === 'unknown');
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'w' } });
  await client.until(() => governed.policies.pending().length === 0);
  expect(client.answersTo('w')).toEqual([]);
  expect(server.count('POST tools/list')).toBe(0);
});

test('a client that comes back to a new core has no remote session before it may', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  const governed = openGoverned(server.url, ask, { personMs: 300 });
  await using client = governed.client({ program });
  client.replay({
    jsonrpc: '2.0',
    id: 'g',
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {} },
  });
  client.replay({ jsonrpc: '2.0', method: 'notifications/initialized' });
  expect((await client.ask(1, 'tools/list')).error?.data?.code).toBe('consent_needed');
  expect(server.requests).toEqual([]);
  governed.decide({});
  expect((await client.ask(2, 'tools/list')).result).toBeDefined();
  expect(server.count('POST initialize')).toBe(1);
});

test('consent is for a program where it lies, or for all of its name; the last word counts', () => {
  const given = withConsent(ask, 'Cursor', { allowed: true, paths: ['/opt/cursor'] });
  expect(consentFor(given, cursor)).toBe('given');
  expect(consentFor(given, { ...cursor, path: '/tmp/cursor' })).toBe('waiting');
  expect(consentFor(given, { name: 'zed' })).toBe('waiting');
  const denied = withConsent(given, 'cursor', { allowed: false, paths: [] });
  expect(denied.consents).toEqual([{ program: 'cursor', allowed: false }]);
  expect(consentFor(denied, cursor)).toBe('denied');
  expect(consentFor({ ...denied, consent: 'allow' }, cursor)).toBe('denied');
  expect(consentFor({}, cursor)).toBe('given');
});
