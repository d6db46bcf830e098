/** A front before a container that may put another token in place of the one that comes. */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TokenFront {
  /** Of the container's `/mcp`, as callers name it. */
  readonly url: string;
  /** Where requests go. */
  target: string;
  /** What becomes of a token on its way. */
  swap: (token: string) => Promise<string> | string;
}

export async function openTokenFront(): Promise<TokenFront> {
  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const [scheme = '', token = ''] = request.headers.authorization?.split(' ') ?? [];
    const swapped = token === '' ? {} : { authorization: `${scheme} ${await front.swap(token)}` };
    const { method, url = '' } = request;
    const headers = { ...request.headers, ...swapped };
    const onward = send(new URL(url, front.target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  };
  const server = createServer((request, response) => void forward(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const front: TokenFront = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    target: '',
    swap: (token) => token,
  };
  return front;
}
