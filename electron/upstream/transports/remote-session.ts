/** One remote session of Streamable HTTP: what names it, and the headers that everything in it carries. */
import { memberOf, textOf, type Message } from '../../../shared/envelope.ts';
import { userAgent } from '../../runtime/version.ts';

export interface RemoteSession {
  readonly id: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly postHeaders: Readonly<Record<string, string>>;
  readonly getHeaders: Readonly<Record<string, string>>;
}

/** What a container names goes into headers from then on, so it is taken only where it looks like a version. */
export function protocolVersionOf({ bytes, body }: Message): string | undefined {
  const span = memberOf(bytes, body, 'protocolVersion');
  const version = span === undefined ? undefined : textOf(bytes, span);
  return version !== undefined && /^[\w.-]{1,64}$/.test(version) ? version : undefined;
}

export function remoteSession(id: string | undefined, protocolVersion: string | undefined): RemoteSession {
  const headers = {
    'user-agent': userAgent,
    ...(id !== undefined && { 'mcp-session-id': id }),
    ...(protocolVersion !== undefined && { 'mcp-protocol-version': protocolVersion }),
  };
  return {
    id,
    protocolVersion,
    postHeaders: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    getHeaders: { ...headers, accept: 'text/event-stream' },
  };
}
