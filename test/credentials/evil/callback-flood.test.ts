import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openTestCallback, state, visit } from '../../support/callback.ts';

/** Connections that keep the callback busy, so that the browser finds nobody. */
test('a flood of idle and of slow connections does not keep the browser out', async () => {
  const { callback, port } = await openTestCallback();
  const sockets = Array.from({ length: 300 }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).on('connect', () => socket.write('GET /callback?sta'));
    return socket;
  });
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  await wait(300);
  expect((await visit(port, `/callback?code=real&state=${state}`)).status).toBe(200);
  await callback.answer;
});
