import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorization-server.ts';
import { filesIn, textIn } from '../support/canary.ts';
import { openProfile } from '../support/fairlead.ts';
import { deskClient, idTokenGuard } from '../support/identity.ts';
import { browserProgram } from '../support/sign-in-rig.ts';
import { startWebServer } from '../support/web-server.ts';

interface Message {
  readonly id?: number | string;
  readonly method: string;
}

/** An MCP server whose one tool says who is calling, by the ID token that it has checked by the provider's keys. */
async function startGuarded(provider: AuthorizationServer): Promise<string> {
  const guard = idTokenGuard();
  const resultOf = (method: string, token: string) => {
    if (method === 'initialize') {
      return {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'guarded', version: '1' },
      };
    }
    if (method === 'tools/list') return { tools: [{ name: 'whoami', inputSchema: { type: 'object' } }] };
    return { content: [{ type: 'text', text: `you are ${decodeJwt(token).sub}` }] };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    if (!(await guard(token, provider))) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    } else if (request.method !== 'POST') {
      response.writeHead(405).end();
    } else {
      const { id, method } = (await json(request)) as Message;
      if (id === undefined) response.writeHead(202).end();
      else {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result: resultOf(method, token) }));
      }
    }
  };
  const web = await startWebServer((request, response) => void serve(request, response));
  onTestFinished(() => web[Symbol.asyncDispose]());
  return web.url.href;
}

test('a person signs in at their identity provider, and the container knows who they are', async () => {
  await using provider = await startAuthorizationServer({ clients: [deskClient] });
  const url = await startGuarded(provider);
  await using profile = openProfile({ FAIRLEAD_BROWSER: browserProgram });
  const options = ['--auth', 'identity', '--provider', provider.issuer, '--present', 'id'];

  expect(await profile.run(['add', 'notes', url, ...options])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/client of your own.*redirect URI/s) as string,
  });
  const added = await profile.run(['add', 'notes', url, ...options, '--client-id', 'desk']);
  expect(added).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('fairlead auth notes') as string,
  });
  expect((await profile.run(['list'])).stdout).toContain(`sign-in at ${provider.issuer}`);
  expect((await profile.run(['doctor', 'notes'])).status).toBe(3);

  expect(await profile.run(['auth', 'notes'])).toMatchObject({
    status: 0,
    stdout: 'Signed in to notes.\n',
  });
  const client = profile.endpoint(['notes']);
  await client.open();
  expect(JSON.stringify(await client.call('whoami', {}))).toContain('you are me');
  expect((await profile.run(['doctor', 'notes'])).status).toBe(0);

  // Without configuration: a sign-in of its own.
  const other = profile.endpoint([url, ...options, '--client-id', 'desk', '--account', 'other']);
  await other.open();
  expect(JSON.stringify(await other.call('whoami', {}))).toContain('you are me');
  expect(provider.granted.get('authorization_code')).toBe(2);

  // A JWT begins like this.
  const withToken = filesIn(profile.home).filter((file) => textIn(file).includes('eyJ'));
  expect(withToken).toEqual([]);

  expect(await profile.run(['auth', 'notes', '--forget'])).toMatchObject({ status: 0 });
  expect(provider.revocations()).toBe(2);
  expect(await profile.run(['status', '--json'])).toMatchObject({
    stdout: expect.stringContaining('"credential": "missing"') as string,
  });
});
