import { expect, test } from 'vitest';
import { plantCanary } from '../support/canary.ts';
import { openProfile } from '../support/fairlead.ts';
import { startWebServer } from '../support/web-server.ts';

const secret = 'sk-canary-5d0e91b7/+?c4';

/** Where a server could put a key to have it logged or shown: each answers the first request of a conversation. */
const echoes = ['status line', 'error page', 'challenge', 'redirect', 'session id'] as const;

function startEcho(how: (typeof echoes)[number]) {
  return startWebServer((request, response) => {
    request.resume();
    const { authorization = '' } = request.headers;
    switch (how) {
      case 'status line':
        response.writeHead(500, `Broken ${authorization}`).end();
        break;
      case 'error page':
        response.writeHead(503, { 'content-type': 'text/html' }).end(`<pre>${authorization}</pre>`);
        break;
      case 'challenge':
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${authorization}"` }).end();
        break;
      case 'redirect':
        response
          .writeHead(307, { location: `/other?${new URLSearchParams({ authorization }).toString()}` })
          .end();
        break;
      case 'session id':
        response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': authorization });
        response.end(`{"authorization": ${JSON.stringify(authorization)}}`);
        break;
    }
  });
}

test.for(echoes)('a key that the server sends back in its %s is neither logged nor shown', async (how) => {
  await using server = await startEcho(how);
  await using profile = openProfile({ FAIRLEAD_LOG: 'debug' });
  const canary = plantCanary(secret, profile.home);
  const url = server.url.href;

  canary.hear(
    'add',
    JSON.stringify(await profile.run(['add', 'echo', url, '--secret-stdin'], { stdin: secret })),
  );
  const client = profile.endpoint(['echo']);
  const answer = await client.open();
  expect(answer.error?.data?.code).toBeDefined();
  for (const command of [['doctor', 'echo'], ['status'], ['logs'], ['audit']]) {
    canary.hear(command.join(' '), JSON.stringify(await profile.run([...command, '--json'])));
  }

  canary.hear("the client's answer", JSON.stringify([answer, client.strays]));
  canary.hear("the endpoint's stderr", client.stderr());
  expect(canary.sightings()).toEqual([]);
});
