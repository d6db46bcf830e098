// A small MCP server over Streamable HTTP: answers with JSON and with a stream in turn, after a random short while.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers';

let turn = 0;
const counts = {};

function resultOf({ method, params }) {
  if (method === 'initialize') {
    return {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'quick', version: '1' },
    };
  }
  if (method !== 'tools/call') return {};
  return { content: [{ type: 'text', text: JSON.stringify(params.arguments) }] };
}

function answer(response, message) {
  const text = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultOf(message) });
  turn += 1;
  if (turn % 2 === 0) response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  else {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`event: message\ndata: ${text}\n\n`);
  }
}

/** `wait` among the arguments of a call: milliseconds; `key`: what to count it under. */
function take(response, message) {
  if (message.id === undefined || message.method === undefined) {
    response.writeHead(202).end();
    return;
  }
  const { wait = Math.random() * 5, key } = message.params?.arguments ?? {};
  if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  if (message.method === 'tools/call') setTimeout(() => answer(response, message), wait);
  else answer(response, message);
}

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(405).end();
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  request.on('end', () => take(response, JSON.parse(body)));
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send(server.address().port));
process.on('message', () => process.send(counts));
process.on('disconnect', () => process.exit());
