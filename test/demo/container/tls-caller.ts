/** A program that calls a container over TLS with a client certificate of its own, or without one. */
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { createTlsAuthority, type Credentials, type TlsAuthority } from '../../support/tls-authority.ts';
import { initializeBody } from './running.ts';

/** For the length of the test. */
export function openAuthority(): TlsAuthority {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  return authority;
}

/** Keeps its connections for the length of the test. */
export function agentWith({ ca }: Pick<TlsAuthority, 'ca'>, { cert, key }: Partial<Credentials>): Agent {
  const shown = cert === undefined || key === undefined ? {} : { cert, key };
  const agent = new Agent({ ca, ...shown, keepAlive: true });
  onTestFinished(() => agent.destroy());
  return agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function send(
  url: string,
  {
    agent,
    headers = {},
    body = initializeBody,
  }: { agent: Agent; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    };
    request(url, { method: 'POST', agent, headers: all }, (response) => {
      text(response).then(
        (received) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
        reject,
      );
    })
      .on('error', reject)
      .end(body);
  });
}
