/** A server on loopback that answers as GitHub does: errors with 200, forms for who asks for no JSON, no refresh token. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { startWebServer } from './web-server.ts';

export interface GitHubDouble {
  readonly origin: string;
  /** What the next polls of the token endpoint are answered with, before the token. */
  readonly polls: string[];
  /** Bodies of the requests for tokens. */
  readonly asked: URLSearchParams[];
  /** Whether its API knows who a token belongs to. */
  readonly knows: (token: string) => boolean;
  /** Answers with forms whatever is asked for. */
  formsOnly: boolean;
}

export const gitHubSecret = 'github-client-secret';

export async function startGitHubDouble(): Promise<GitHubDouble> {
  const tokens = new Set<string>();
  const token = () => {
    const fresh = `gho_${randomUUID()}`;
    tokens.add(fresh);
    return { access_token: fresh, token_type: 'bearer', scope: 'read:user,user:email' };
  };
  const granted = (body: URLSearchParams): Record<string, string | number> => {
    double.asked.push(body);
    if (body.get('client_id') !== 'Iv1.desk') return { error: 'incorrect_client_credentials' };
    if (body.get('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code') {
      const error = double.polls.shift();
      return error === undefined ? token() : { error, error_description: 'as GitHub says' };
    }
    if (body.get('client_secret') !== gitHubSecret) return { error: 'incorrect_client_credentials' };
    return body.get('code') === 'c0de' ? token() : { error: 'bad_verification_code' };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', double.origin);
    const answer = (members: Record<string, string | number>) => {
      const isJson = !double.formsOnly && request.headers.accept?.includes('application/json') === true;
      const form = new URLSearchParams();
      for (const [name, value] of Object.entries(members)) form.set(name, String(value));
      response.setHeader(
        'content-type',
        isJson ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded; charset=utf-8',
      );
      response.end(isJson ? JSON.stringify(members) : form.toString());
    };
    switch (url.pathname) {
      case '/login/device/code':
        answer({
          device_code: 'd3v1ce',
          user_code: 'WDJB-MJHT',
          verification_uri: `${double.origin}/login/device`,
          expires_in: 899,
          interval: 1,
        });
        return;
      case '/login/oauth/access_token':
        answer(granted(new URLSearchParams(await text(request))));
        return;
      case '/login/oauth/authorize': {
        const back = new URL(url.searchParams.get('redirect_uri') ?? '');
        back.searchParams.set('code', 'c0de');
        back.searchParams.set('state', url.searchParams.get('state') ?? '');
        response.writeHead(302, { location: back.href }).end();
        return;
      }
      default:
        response.writeHead(404).end();
    }
  };
  const web = await startWebServer((request, response) => void serve(request, response));
  onTestFinished(() => web[Symbol.asyncDispose]());
  const double: GitHubDouble = {
    origin: web.url.origin,
    polls: [],
    asked: [],
    knows: (given) => tokens.has(given),
    formsOnly: false,
  };
  return double;
}
