/** A front before a container that may put a token of its own in place of the one that comes. */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TokenFront {
  /** Of the container's `/mcp`, as callers name it. */
  readonly url: string;
  /** Where requests go. */
  target: string;
  /** Left out, tokens go through as they come. */
  swap: ((token: string) => Promise<string> | string) | undefined;
}

export async function openTokenFront(): Promise<TokenFront> {
  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const [, token = ''] = request.headers.authorization?.split(' ') ?? [];
    const other = token === '' ? undefined : await front.swap?.(token);
    // As Bearer: the proof that comes with a token bound to a key (RFC 9449) is for that token alone.
    const swapped = other === undefined ? {} : { authorization: `Bearer ${other}` };
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
    swap: undefined,
  };
  return front;
}
