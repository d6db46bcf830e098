// A hosted container that checks nothing of the claim and tells all: what the gateway sent is for the tests to judge.
// `serve --config <file> --port 0`, with the config of mode mtls (docs/platform-api.md).
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const { auth } = JSON.parse(readFileSync(process.argv[process.argv.indexOf('--config') + 1], 'utf8'));
const read = (/** @type {string} */ file) => readFileSync(file, 'utf8');
let opened = 0;
let flooded = 0;

const tls = {
  ...{ ca: read(auth.platform_ca), cert: read(auth.certificate), key: read(auth.key) },
  ...{ requestCert: true, rejectUnauthorized: true },
};

const server = createServer(tls, (request, response) => {
  const { subjectaltname } = request.socket.getPeerCertificate();
  if (subjectaltname !== 'URI:urn:fairlead:platform') return void response.writeHead(401).end();
  const { headers, method, url } = request;
  if (headers['mcp-test'] === 'refuse') return void response.writeHead(401).end();
  if (headers['mcp-test'] === 'die') process.exit(1);
  if (headers['mcp-test'] === 'break') return void request.once('data', () => request.socket.destroy());
  if (method === 'GET') {
    // A stream that never ends by itself; `opened` falls when the other side goes.
    opened += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('id: 1\ndata: first\n\n');
    request.socket.once('close', () => (opened -= 1));
    if (headers['mcp-test'] === 'flood') flood(response);
    return;
  }
  let size = 0;
  request.on('data', (chunk) => (size += chunk.length));
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'mcp-session-id': 'a-session',
      'set-cookie': 'a=b',
      server: 'double',
    });
    response.end(
      JSON.stringify({ pid: process.pid, method, url, headers, size, opened, flooded, config: auth }),
    );
  });
});

const line = `data: ${'x'.repeat(65_000)}\n\n`;
/** @param {import('node:http').ServerResponse} response as much as it takes */
function flood(response) {
  do flooded += line.length;
  while (!response.destroyed && response.write(line));
  response.once('drain', () => flood(response));
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Container listening at https://127.0.0.1:${server.address().port}/mcp\n`);
});
process.once('SIGTERM', () => process.exit());
process.stdin.once('close', () => process.exit()).resume();
