import { connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openProfile } from '../support/fairlead.ts';
import { ordinaryServer, scriptListener } from '../support/scripted-server.ts';
import { createTlsAuthority } from '../support/tls-authority.ts';
import { startTcpServer, startTlsServer } from '../support/web-server.ts';

test('of a container that is removed while it is being examined nothing stays, and nobody asks it anything', async () => {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  const asked: string[] = [];
  const listener = scriptListener(ordinaryServer(), ({ what }) => asked.push(what));
  await using server = await startTlsServer(authority.issue(), listener);
  // Takes connections, and says nothing on them before the gate opens.
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  await using gate = await startTcpServer((socket) => {
    void opened.then(() => {
      const on = connect(server.port, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(on).pipe(socket);
      socket.on('close', () => on.destroy());
    });
  });
  await using profile = openProfile();
  const url = `https://127.0.0.1:${gate.port}/mcp`;
  const added = await profile.run(['add', 'notes', url, '--ca', authority.caFile, '--no-probe']);
  expect(added).toMatchObject({ status: 0 });

  const examined = profile.run(['doctor', 'notes', '--json']);
  // One to see that somebody is there, and one for TLS.
  await vi.waitFor(() => expect(gate.connections()).toBe(2), { timeout: 30_000 });
  expect(await profile.run(['remove', 'notes'])).toMatchObject({ status: 0 });
  open();
  const layers = JSON.parse((await examined).stdout) as { layer: string; outcome: string; detail: string }[];
  expect(layers.find(({ layer }) => layer === 'tls')).toMatchObject({ outcome: 'ok' });
  expect(layers.at(-1)).toMatchObject({ layer: 'mcp', outcome: 'failed' });
  expect(layers.at(-1)?.detail).toContain('no container named "notes"');
  expect(asked).toEqual([]);
  const status = JSON.parse((await profile.run(['status', '--json'])).stdout) as object;
  expect(status).toMatchObject({ containers: [], sessions: [] });
});
