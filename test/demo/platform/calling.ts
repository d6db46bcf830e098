/** Requests to the platform's API as one of its users, and the stream of its events. */
import { onTestFinished } from 'vitest';
import {
  openPlatform,
  signIn,
  type maya,
  type ReachedPlatform,
  type SignedIn,
  type TestPlatform,
} from './running.ts';

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
  readonly list: readonly Readonly<Record<string, unknown>>[];
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

export interface Caller extends SignedIn {
  readonly call: Call;
  /** A token for this resource. */
  readonly tokenFor: (resource: string, more?: Record<string, string>) => Promise<string>;
}

export async function openCaller(
  given?: TestPlatform,
  user?: typeof maya,
): Promise<Caller & { platform: TestPlatform }> {
  const platform = given ?? (await openPlatform());
  return { platform, ...(await callPlatform(platform, user)) };
}

export async function callPlatform(platform: ReachedPlatform, user?: typeof maya): Promise<Caller> {
  const signedIn = await signIn(platform, user === undefined ? {} : { user });
  let { refresh_token: refreshToken } = signedIn.tokens;
  return {
    ...signedIn,
    call: callerOf(platform.issuer, signedIn.tokens.access_token),
    async tokenFor(resource, more = {}) {
      const tokens = await platform.tokens(signedIn.refresh(refreshToken, { resource, ...more }));
      refreshToken = tokens.refresh_token;
      return tokens.access_token;
    },
  };
}

export function callerOf(issuer: string, token: string): Call {
  return async (method, path, body) => {
    const response = await fetch(`${issuer}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      body: parsed as Answer['body'],
      list: (Array.isArray(parsed) ? parsed : []) as Answer['list'],
    };
  };
}

export interface TestEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventStream {
  readonly response: Response;
  /** The next one; comments are passed over, and counted. */
  next(): Promise<TestEvent>;
  readonly comments: () => number;
  /** Resolves when the platform ends the stream. */
  ended(): Promise<void>;
  close(): void;
}

export async function openEvents(issuer: string, token: string, lastId?: string): Promise<EventStream> {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const response = await fetch(`${issuer}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}`, ...(lastId !== undefined && { 'last-event-id': lastId }) },
    signal: controller.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  let comments = 0;
  const block = async (): Promise<string | undefined> => {
    for (;;) {
      const end = buffered.indexOf('\n\n');
      if (end >= 0) {
        const found = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      buffered += value;
    }
  };
  const read = async (): Promise<TestEvent | undefined> => {
    for (;;) {
      const text = await block();
      if (text === undefined) return undefined;
      if (text.startsWith(':')) comments += 1;
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
      if (field('event') === '') continue;
      return {
        id: field('id'),
        event: field('event'),
        data: JSON.parse(field('data')) as TestEvent['data'],
      };
    }
  };
  return {
    response,
    async next() {
      const event = await read();
      if (event === undefined) throw new Error('The stream has ended.');
      return event;
    },
    comments: () => comments,
    async ended() {
      while ((await read()) !== undefined);
    },
    close: () => controller.abort(),
  };
}
