/** Names what went wrong on the network, and whether the container can have seen any of the request. */
import { FairleadError } from '../../../shared/errors.ts';

const unsent = new WeakSet<FairleadError>();

/** Marks an error of a request of which no byte has left. */
export function neverSent(error: FairleadError): FairleadError {
  unsent.add(error);
  return error;
}

/**
 * Whether bytes of the request may have reached the container before `error` ended it.
 * False only where that is certain: then, and only then, a call may be sent again (docs/path.md).
 */
export function wasSent(error: unknown): boolean {
  return !(error instanceof FairleadError && unsent.has(error));
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** The code that Node, OpenSSL or undici gave an error, its own or that of what caused it. */
export function codeOf(thrown: unknown): string {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    const code: unknown = (error as { code?: unknown }).code;
    if (typeof code === 'string') return code;
  }
  return '';
}

/** Before there was a TCP connection to `target`. */
export function dialError(thrown: unknown, target: Target): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  const where = `${target.host}:${target.port}`;
  const code = codeOf(thrown);
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    return neverSent(
      new FairleadError('name_not_found', `The name ${target.host} cannot be found.`, {
        help: 'Check the address, and that this machine is online.',
        cause: thrown,
      }),
    );
  }
  if (code === 'ETIMEDOUT') return connectTimedOut(target, thrown);
  const what =
    code === 'ECONNREFUSED'
      ? `Nothing answers at ${where}: the connection was refused.`
      : `${where} cannot be reached.`;
  return neverSent(
    new FairleadError('connect_failed', what, {
      help: 'Check the address and port, that the server is running, and whether a proxy is needed (HTTPS_PROXY).',
      cause: thrown,
    }),
  );
}

export function connectTimedOut(target: Target, cause?: unknown): FairleadError {
  return neverSent(
    new FairleadError('connect_timed_out', `${target.host}:${target.port} did not answer in time.`, {
      help: 'Check the address and port, and whether a firewall or a missing proxy (HTTPS_PROXY) is in the way.',
      cause,
    }),
  );
}

/** Before the request's head was written, and not while connecting: it could not be sent as it is, or no longer. */
export function unsentError(thrown: unknown): FairleadError {
  if (thrown instanceof FairleadError) return neverSent(thrown);
  if (codeOf(thrown) === 'UND_ERR_INVALID_ARG') {
    return neverSent(
      new FairleadError('config_invalid', 'A header of the request has characters that HTTP forbids.', {
        help: 'Check the secret and the header name that this container is configured with.',
        cause: thrown,
      }),
    );
  }
  return neverSent(connectionLost(thrown));
}

/** After the request's head was written: the container may have seen and run it. */
export function exchangeError(thrown: unknown): FairleadError {
  const code = codeOf(thrown);
  if (/^ERR_SSL_.*ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code)) {
    return clientCertificateRefused(thrown);
  }
  if ((thrown instanceof Error && thrown.name === 'HTTPParserError') || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new FairleadError('protocol_violation', "The server's answer is not HTTP/1.1.", {
      help: 'Check that the address and port are those of an MCP server.',
      cause: thrown,
    });
  }
  return connectionLost(thrown);
}

/** With TLS 1.3 it comes only after the client has begun to send (RFC 8446 §4.4.2.4). */
export function clientCertificateRefused(cause: unknown): FairleadError {
  return new FairleadError(
    'tls_failed',
    'The server refused the connection for want of a client certificate it trusts.',
    {
      help: 'Give the certificate and key that it expects with --cert and --key, or --pkcs12. One that is given is of another authority, for another use, or has ended.',
      cause,
    },
  );
}

function connectionLost(cause: unknown): FairleadError {
  return new FairleadError('connection_lost', 'The connection to the container was lost.', {
    help: saidNothing(cause)
      ? 'Try again. If it happens every time, the server may want a client certificate (--cert and --key).'
      : 'Try again. If it happens often, see `fairlead doctor`.',
    cause,
  });
}

/** undici's SocketError tells how much its connection has ever read. With TLS 1.3 some servers refuse in this way. */
function saidNothing(cause: unknown): boolean {
  const socket: unknown = cause instanceof Error && 'socket' in cause ? cause.socket : undefined;
  return typeof socket === 'object' && socket !== null && 'bytesRead' in socket && socket.bytesRead === 0;
}
