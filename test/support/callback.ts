/** A callback that waits for the browser, and visits to it: the browser's, and those that somebody made up. */
import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { openCallback } from '../../electron/credentials/sign-in/callback.ts';

/** Of every callback here. */
export const state = 'the-state-of-this-sign-in';

export async function openTestCallback(
  options: { port?: number; preferredPort?: number; lifetimeMs?: number } = {},
) {
  const controller = new AbortController();
  const callback = await openCallback({ state, signal: controller.signal, ...options });
  onTestFinished(() => callback.close());
  return { callback, controller, port: Number(new URL(callback.redirectUri).port) };
}

/** A browser's request, or one that somebody made up. */
export function visit(
  port: number,
  path: string,
  options: { method?: string; host?: string; body?: string } = {},
): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
  const { method = 'GET', host = `127.0.0.1:${port}`, body } = options;
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}

/**
 * The browser comes back from the issuer with this query, and the state that it was sent there with.
 * @param opened the URL that it was opened with
 */
export function comeBack(opened: string, query: Readonly<Record<string, string>>): Promise<Response> {
  const asked = new URL(opened).searchParams;
  const back = new URL(asked.get('redirect_uri')!);
  back.search = new URLSearchParams({ state: asked.get('state')!, ...query }).toString();
  return fetch(back);
}
