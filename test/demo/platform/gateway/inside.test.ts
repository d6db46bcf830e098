import { once } from 'node:events';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openAuthority, type Authority } from '../../../../demo/platform/authority/authority.ts';
import { names } from '../../../../demo/tokens/names.ts';
import { createInside } from '../../../../demo/platform/gateway/inside.ts';
import { borrowDatabase } from '../database.ts';

/** A server that takes the platform's certificate, with one of its own for `uri`. @returns how many requests reached it */
async function openServer(trusted: Authority, own: { authority: Authority; uri: string; hosts?: string[] }) {
  const { certificate: cert, key } = await own.authority.issue({
    ...{ commonName: 'a container', uri: [own.uri], use: 'server', hours: 1 },
    hosts: own.hosts ?? ['127.0.0.1'],
  });
  let reached = 0;
  const server = createServer(
    { cert, key, ca: trusted.chain, requestCert: true, rejectUnauthorized: true },
    (_request, response) => {
      reached += 1;
      response.end('here');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, reached: () => reached };
}

test('reaches the container that it means, and no other that the authority vouches for', async () => {
  const authority = await openAuthority(await borrowDatabase());
  const inside = createInside(authority);
  onTestFinished(() => inside.close());
  const call = async (port: number) => {
    const request = get({ host: '127.0.0.1', port, agent: await inside.agent('container_a') });
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    await once(response, 'end');
  };
  const right = await openServer(authority, { authority, uri: names.container('container_a') });
  await call(right.port);
  await call(right.port);
  expect(right.reached()).toBe(2);

  const wrong = [
    { authority, uri: names.container('container_b') },
    { authority, uri: `${names.container('container_a')}b` },
    { authority, uri: names.container('container_a'), hosts: ['10.0.0.1'] },
  ];
  for (const own of wrong) {
    const server = await openServer(authority, own);
    await expect(call(server.port)).rejects.toThrow();
    expect(server.reached()).toBe(0);
  }
});

test('an authority is the same after a restart, and another’s certificates are not taken', async () => {
  const database = await borrowDatabase();
  const authority = await openAuthority(database);
  expect((await openAuthority(database)).chain).toBe(authority.chain);
  await database.query('DELETE FROM secrets');
  const stranger = await openAuthority(database);
  expect(stranger.chain).not.toBe(authority.chain);
  const inside = createInside(authority);
  onTestFinished(() => inside.close());
  const server = await openServer(authority, {
    ...{ authority: stranger, uri: names.container('container_a') },
  });
  const request = get({ host: '127.0.0.1', port: server.port, agent: await inside.agent('container_a') });
  await expect(once(request, 'response')).rejects.toThrow();
  expect(server.reached()).toBe(0);
});
