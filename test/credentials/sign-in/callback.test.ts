import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTestCallback, state, visit } from '../../support/callback.ts';
import { failureOf } from '../../support/web-server.ts';

test('is on 127.0.0.1 at a port of its own, and hands over the query of the browser that comes back', async () => {
  const { callback, port } = await openTestCallback();
  expect(callback.redirectUri).toBe(`http://127.0.0.1:${port}/callback`);
  const page = await visit(port, `/callback?code=c1&state=${state}&iss=https%3A%2F%2Fas.example`);
  expect(page.status).toBe(200);
  const answer = await callback.answer;
  expect(answer.searchParams.get('code')).toBe('c1');
  expect(answer.searchParams.get('iss')).toBe('https://as.example');
  await expect(visit(port, `/callback?code=c2&state=${state}`)).rejects.toThrow();
});

test('ends with the sign-in, or when nobody comes', async () => {
  const { callback, controller, port } = await openTestCallback();
  controller.abort(new Error('ended'));
  await expect(callback.answer).rejects.toThrow('ended');
  await expect(visit(port, '/callback')).rejects.toThrow();
  const late = await openTestCallback({ lifetimeMs: 50 });
  expect(await failureOf(late.callback.answer)).toMatchObject({ code: 'sign_in_failed' });
  await expect(visit(late.port, '/callback')).rejects.toThrow();
});

test('keeps a configured port or fails in words; a preferred one is only tried', async () => {
  const first = await openTestCallback();
  expect(await failureOf(openTestCallback({ port: first.port }))).toMatchObject({
    code: 'sign_in_failed',
    help: expect.stringContaining('--callback-port') as string,
  });
  const second = await openTestCallback({ preferredPort: first.port });
  expect(second.port).not.toBe(first.port);
  first.callback.close();
  await wait(50);
  expect((await openTestCallback({ preferredPort: first.port })).port).toBe(first.port);
});
