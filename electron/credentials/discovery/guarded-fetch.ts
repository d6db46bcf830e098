/** The one `fetch` for every URL that a server told us, and for what openid-client sends there (design.md §5). */
import { FairleadError } from '../../../shared/errors.ts';
import { readBody, type HttpRequest, type HttpResponse, type Send } from '../exchange.ts';
import { createAdmission, type Admit, type ResolveAddresses } from './admission.ts';
import type { GuardedFetch } from './discovered.ts';
import { readDiscoveredUrl } from './discovered-url.ts';

const mostBytes = 1024 * 1024;
const mostMs = 10_000;

/** What openid-client and our own readers look at. */
const passedHeaders = ['content-type', 'www-authenticate', 'dpop-nonce', 'retry-after', 'date'];

type Init = Parameters<GuardedFetch>[1];
type Stage = Parameters<NonNullable<HttpRequest['onReached']>>[0];

/**
 * @param options.open makes a `Send` that asks `admit` before each TCP connection and dials admitted addresses only
 * @param options.configured the container's URL, and endpoints that the person gave
 * @returns rejects with a FairleadError, or the reason of the caller's signal. Redirects are never followed: to a GET
 *   they come back as they are, after a POST they are refused, as a code or token was in it
 */
export function createGuardedFetch(options: {
  open: (admit: Admit) => Send;
  configured: readonly URL[];
  resolve?: ResolveAddresses;
}): GuardedFetch {
  const { configured } = options;
  const send = options.open(createAdmission(options));

  return async (address, init) => {
    const { method = 'GET' } = init;
    const reading = readDiscoveredUrl(address, configured);
    if (reading.status === 'refused') throw refusedUrl(reading.problem);
    if (method !== 'GET' && method !== 'POST')
      throw new TypeError('Only GET and POST are sent to an issuer.');
    const within = deadline(init.signal);
    try {
      const body = bytesOf(init.body);
      const response = await send({
        method,
        url: reading.url,
        headers: { ...defaultType(init.body), ...lowerCase(init.headers ?? {}) },
        ...(body && { body }),
        signal: within.signal,
        lane: 'signal',
        onReached: within.onReached,
      });
      return await received(response, method);
    } finally {
      within.clear();
    }
  };
}

/** @throws FairleadError for what is not taken from a stranger */
async function received(response: HttpResponse, method: 'GET' | 'POST'): Promise<Response> {
  const { status } = response;
  const coding = response.header('content-encoding')?.toLowerCase() ?? 'identity';
  const length = Number(response.header('content-length') ?? 0);
  const refusal =
    status >= 300 && status < 400 && method === 'POST'
      ? redirected()
      : coding !== 'identity'
        ? compressed()
        : length > mostBytes
          ? tooLarge()
          : undefined;
  if (refusal !== undefined) {
    response.discard();
    throw refusal;
  }
  const headers = new Headers();
  for (const name of passedHeaders) {
    const value = response.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const body = await readBody(response, mostBytes, tooLarge);
  // The Fetch standard knows no body with these, and no status beyond 599.
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : new Uint8Array(body), { status: Math.min(status, 599), headers });
}

/** For name, connection, head and body together. It says whether the other side can have seen any of the request. */
function deadline(outer: AbortSignal | null | undefined) {
  const controller = new AbortController();
  let isSent = false;
  const timer = setTimeout(() => controller.abort(isSent ? tooSlow() : notReached()), mostMs);
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    onReached: (stage: Stage) => void (isSent ||= stage !== 'connecting'),
    clear: () => clearTimeout(timer),
  };
}

function bytesOf(body: Init['body']): Uint8Array | undefined {
  if (body === undefined || body === null || body instanceof Uint8Array) return body ?? undefined;
  return new TextEncoder().encode(body.toString());
}

function defaultType(body: Init['body']): Record<string, string> {
  return body instanceof URLSearchParams
    ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }
    : {};
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

const ask = 'Ask whoever runs the container.';

function refusedUrl(problem: string): FairleadError {
  return new FairleadError(
    'discovery_refused',
    `The container names an address for signing in that cannot be used. ${problem}`,
    { help: ask },
  );
}

function redirected(): FairleadError {
  return new FairleadError(
    'discovery_refused',
    'The authorization server passes on what was sent to it to another address.',
    { help: `${ask} Its metadata has to name the final address.` },
  );
}

function compressed(): FairleadError {
  return new FairleadError(
    'protocol_violation',
    'The authorization server compresses its answers although it was not asked to.',
    { help: `${ask} Compression has to be off for what does not ask for it.` },
  );
}

function tooLarge(): FairleadError {
  return new FairleadError(
    'answer_too_large',
    'What the container or its authorization server says about signing in is larger than 1 MiB.',
    { help: ask },
  );
}

function tooSlow(): FairleadError {
  return new FairleadError(
    'timed_out',
    'The container or its authorization server took longer than 10 seconds to answer about signing in.',
    { help: 'Try again. If it happens often, see `fairlead doctor`.' },
  );
}

function notReached(): FairleadError {
  return new FairleadError(
    'connect_timed_out',
    'No connection to the container or its authorization server came about within 10 seconds.',
    { help: 'Check that this machine is online, and whether a proxy is needed (HTTPS_PROXY).' },
  );
}
