/** A container that misbehaves: the name of the tool that is called says how. */
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { startWebServer, type WebServer } from './web-server.ts';

export const floodCount = 100_000;

interface Asked {
  readonly id: string | number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream' };
const answer = (id: unknown, result: unknown = {}) => JSON.stringify({ jsonrpc: '2.0', id, result });

/** Writes for as long as somebody reads. */
async function pour(response: ServerResponse, chunkOf: (index: number) => string, count = Infinity) {
  const closed = once(response, 'close');
  for (let index = 0; index < count && !response.destroyed; index += 1) {
    if (!response.write(chunkOf(index))) await Promise.race([once(response, 'drain'), closed]);
  }
}

const mebibyte = 'x'.repeat(1024 * 1024);
const behaviours: Record<string, (response: ServerResponse, id: string | number) => unknown> = {
  fine: (response, id) => response.writeHead(200, json).end(answer(id)),
  html: (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the Wi-Fi</h1>'),
  html_error: (response) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  no_body: (response) => response.writeHead(200, json).end(),
  accepted: (response) => response.writeHead(202).end(),
  wrong_id: (response) => response.writeHead(200, json).end(answer('somebody else’s')),
  wrong_id_type: (response, id) => response.writeHead(200, json).end(answer(String(id))),
  wrong_id_event: (response, id) => response.writeHead(200, events).end(`data: ${answer(`not ${id}`)}\n\n`),
  truncated: (response, id) => response.writeHead(200, json).end(answer(id).slice(0, -4)),
  truncated_event: (response, id) => response.writeHead(200, events).end(`data: ${answer(id)}`),
  not_utf8: (response) => response.writeHead(200, json).end(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  reset(response, id) {
    response.writeHead(200, { ...json, 'content-length': '1000' }).write(answer(id).slice(0, 10));
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  },
  endless(response) {
    response.writeHead(200, json).write('{"jsonrpc":"2.0","result":"');
    return pour(response, () => mebibyte);
  },
  endless_event(response) {
    response.writeHead(200, events).write('data: {"jsonrpc":"2.0","result":"');
    return pour(response, () => mebibyte);
  },
  /** Shows signs of life for ever, and none of the answer. */
  drip(response) {
    response.writeHead(200, events);
    const timer = setInterval(() => response.write(': still here\n'), 100);
    response.on('close', () => clearInterval(timer));
  },
  async flood(response, id) {
    response.writeHead(200, events);
    const padding = 'x'.repeat(900);
    const notice = (index: number) =>
      `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { index, padding } })}\n\n`;
    await pour(response, notice, floodCount);
    response.end(`data: ${answer(id)}\n\n`);
  },
};

export const misbehaviours = Object.keys(behaviours).filter((name) => name !== 'fine' && name !== 'flood');

export function startHostileServer(): Promise<WebServer> {
  return startWebServer((request, response) => {
    response.on('error', () => undefined);
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => take(response, JSON.parse(body) as Asked));
  });
}

function take(response: ServerResponse, { id, method, params }: Asked): void {
  if (method === 'tools/call') void behaviours[params?.name ?? '']?.(response, id);
  else if (method === 'initialize') {
    const serverInfo = { name: 'hostile', version: '1' };
    const result = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
    response.writeHead(200, json).end(answer(id, result));
  } else response.writeHead(202).end();
}
