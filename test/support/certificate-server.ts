/** An MCP server that wants client certificates, and keeps which one each request was shown: real TLS on loopback. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createTlsAuthority } from './tls-authority.ts';
import { startTlsServer, tlsSocketOf } from './web-server.ts';

export interface CertificateServer {
  readonly url: URL;
  /** The authority of its own certificate: a file. */
  readonly ca: string;
  /** Serial numbers of the certificates that requests came with, in the order in which they came first. */
  readonly seen: Set<string>;
  /** Requests whose certificate had ended. */
  readonly late: () => number;
  /** Says something on the stream that listens; what nobody hears is kept for who asks for it. */
  notify(count: number): void;
  /** How many streams have listened. */
  readonly listened: () => number;
  /** Connections that are open now. */
  readonly connections: () => number;
}

/** @param clientCa PEM: whose certificates it takes. @param options.slowMs how long a call takes */
export async function startCertificateServer(
  clientCa: string,
  { slowMs = 20, ids = true }: { slowMs?: number; ids?: boolean } = {},
): Promise<CertificateServer> {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  const seen = new Set<string>();
  const said: number[] = [];
  let late = 0;
  let listened = 0;
  let stream: ServerResponse | undefined;
  let heard = 0;

  const flush = () => {
    while (stream !== undefined && heard < said.length) {
      const message = { jsonrpc: '2.0', method: 'notifications/message', params: { data: said[heard] } };
      heard += 1;
      stream.write(`${ids ? `id: ${heard}\n` : ''}data: ${JSON.stringify(message)}\n\n`);
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { serialNumber, valid_to: validTo } = tlsSocketOf(request).getPeerCertificate();
    seen.add(serialNumber);
    if (Date.now() >= Date.parse(validTo)) {
      late += 1;
      response.writeHead(403).end();
      return;
    }
    if (request.method === 'GET') {
      listened += 1;
      const after = request.headers['last-event-id'];
      heard = after === undefined ? heard : Number(after);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      stream = response;
      response.on('close', () => {
        if (stream === response) stream = undefined;
      });
      flush();
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const { id, method } = JSON.parse(await text(request)) as { id?: unknown; method: string };
    if (id === undefined) {
      response.writeHead(202).end();
      return;
    }
    if (method === 'tools/call') await sleep(slowMs);
    const result =
      method === 'initialize'
        ? {
            protocolVersion: '2025-11-25',
            capabilities: { tools: {} },
            serverInfo: { name: 's', version: '1' },
          }
        : { content: [] };
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(method === 'initialize' && { 'mcp-session-id': 'one' }),
    });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  };

  const { cert, key } = authority.issue();
  const server = await startTlsServer(
    { cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: true },
    (request, response) => void answer(request, response),
  );
  onTestFinished(() => server[Symbol.asyncDispose]());
  return {
    url: server.url,
    ca: authority.caFile,
    seen,
    late: () => late,
    notify(count) {
      for (let i = 0; i < count; i += 1) said.push(said.length + 1);
      flush();
    },
    listened: () => listened,
    connections: () => server.sockets.size,
  };
}
