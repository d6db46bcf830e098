/** A server on loopback that answers as GitHub does: errors with 200, forms for who asks for no JSON, no refresh token. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Whoever signs in there is Mona. The rest is for tests. */
export interface GitHubDouble extends AsyncDisposable {
  readonly origin: string;
  /** What the next polls of the token endpoint are answered with, before the token. */
  readonly polls: string[];
  /** Bodies of the requests for tokens. */
  readonly asked: URLSearchParams[];
  /** Whether its API knows who a token belongs to. */
  readonly knows: (token: string) => boolean;
  /** A token as the person gets one, without the way to it. */
  grant(person?: GitHubPerson, app?: string): string;
  revoke(token: string): void;
  /** Paths that its API was asked for. */
  readonly apiCalls: string[];
  /** Answers its API with this, whatever is asked. */
  apiStatus: number | undefined;
  /** Answers with forms whatever is asked for. */
  formsOnly: boolean;
}

export interface GitHubPerson {
  readonly id: number;
  /** What the profile shows, which anybody writes there. */
  readonly email?: string;
  /** What the person may see of their addresses with this token; left out, nothing. */
  readonly emails?: readonly {
    readonly email: string;
    readonly primary: boolean;
    readonly verified: boolean;
  }[];
}

const mona: GitHubPerson = {
  id: 583_231,
  emails: [{ email: 'mona@mycompany.com', primary: true, verified: true }],
};

/** The app that is registered there. */
export const gitHubApp = { id: 'Iv1.desk', secret: 'github-client-secret' } as const;

export async function startGitHubDouble(): Promise<GitHubDouble> {
  const tokens = new Map<string, { person: GitHubPerson; app: string }>();
  const grant = (person = mona, app: string = gitHubApp.id) => {
    const fresh = `gho_${randomUUID().replaceAll('-', '')}`;
    tokens.set(fresh, { person, app });
    return fresh;
  };
  const token = () => {
    const fresh = grant();
    return { access_token: fresh, token_type: 'bearer', scope: 'read:user,user:email' };
  };
  const granted = (body: URLSearchParams): Record<string, string | number> => {
    double.asked.push(body);
    if (body.get('client_id') !== gitHubApp.id) return { error: 'incorrect_client_credentials' };
    if (body.get('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code') {
      const error = double.polls.shift();
      return error === undefined ? token() : { error, error_description: 'as GitHub says' };
    }
    if (body.get('client_secret') !== gitHubApp.secret) return { error: 'incorrect_client_credentials' };
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
        double.apiCalls.push(url.pathname);
        await serveApi(url.pathname, request, response);
    }
  };
  const serveApi = async (
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<unknown> => {
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (double.apiStatus !== undefined) return reply(double.apiStatus, { message: 'as GitHub says' });
    if (path === `/applications/${gitHubApp.id}/token`) {
      const basic = Buffer.from(`${gitHubApp.id}:${gitHubApp.secret}`).toString('base64');
      if (request.headers.authorization !== `Basic ${basic}`) return reply(401, {});
      const asked = JSON.parse(await text(request)) as { access_token: string };
      const found = tokens.get(asked.access_token);
      if (found?.app !== gitHubApp.id) return reply(404, { message: 'Not Found' });
      return reply(200, { app: { client_id: found.app }, user: { id: found.person.id, login: 'mona' } });
    }
    const [, shown = ''] = request.headers.authorization?.split(' ') ?? [];
    const person = tokens.get(shown)?.person;
    if (person === undefined) return reply(401, { message: 'Bad credentials' });
    if (path === '/user') return reply(200, { id: person.id, login: 'mona', email: person.email ?? null });
    if (path === '/user/emails' && person.emails !== undefined) return reply(200, person.emails);
    return reply(404, { message: 'Not Found' });
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const double: GitHubDouble = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    polls: [],
    asked: [],
    knows: (given) => tokens.has(given),
    formsOnly: false,
    grant,
    revoke: (given) => void tokens.delete(given),
    apiCalls: [],
    apiStatus: undefined,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return double;
}
