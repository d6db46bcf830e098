/** One TLS handshake: certificate, pins and session resumption, all settled before a byte of a request is written. */
import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { FairleadError } from '../../../shared/errors.ts';
import { clientCertificateRefused, codeOf, dialError, neverSent, type Target } from './network-errors.ts';
import { checkPins, printOf } from './pins.ts';
import { established } from './established.ts';

/** A session to resume and the print of the key that its first handshake proved. */
interface KnownSession {
  readonly session: Buffer;
  readonly print: string | undefined;
}
export type SessionCache = Map<string, KnownSession>;

export interface HandshakeOptions {
  readonly target: Target;
  readonly context: SecureContext;
  readonly pins: readonly string[];
  /** Of one set of TLS settings only: a resumed session is not verified again. */
  readonly sessions: SessionCache;
  /** A tunnel through a proxy; absent: `target` is dialled. */
  readonly through?: Socket | undefined;
  readonly signal: AbortSignal;
  /** Told of the socket at once, so that it can be ended at any time. */
  readonly onSocket: (socket: Socket) => void;
  /** Told of the server's certificate, which Node gives once only; of a session that is resumed there is none. */
  readonly onCertificate?: (certificate: X509Certificate) => void;
}

/** @throws FairleadError name_not_found, connect_failed, connect_timed_out, tls_failed, pin_mismatch; or the signal's reason */
export async function shakeHands(options: HandshakeOptions): Promise<TLSSocket> {
  const { target, context, pins, sessions, through, signal } = options;
  const key = `${target.host}:${target.port}`;
  const known = sessions.get(key);
  const socket = connect({
    host: target.host,
    port: target.port,
    // RFC 6066 §3: an address is no server name.
    servername: isIP(target.host) === 0 ? target.host : '',
    secureContext: context,
    // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 would switch verification off.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    ...(known === undefined ? {} : { session: known.session }),
    ...(through === undefined ? {} : { socket: through }),
  });
  options.onSocket(socket);
  let dialled = through !== undefined;
  socket.once('connect', () => {
    dialled = true;
  });

  try {
    await established(socket, 'secureConnect', signal);
    // A resumed handshake shows no certificate: it proves the holder of the session, hence of the key it began with.
    const leaf = socket.getPeerX509Certificate();
    if (leaf !== undefined) options.onCertificate?.(leaf);
    const print = pins.length === 0 ? undefined : leaf === undefined ? resumed(socket, known) : printOf(leaf);
    checkPins(print, pins);
    // Kept only now: no session of a server that failed the checks is ever resumed. TLS 1.3 sends its tickets later.
    const keep = (session: Buffer) => void sessions.set(key, { session, print });
    const session = socket.getProtocol() === 'TLSv1.3' ? undefined : socket.getSession();
    if (session !== undefined) keep(session);
    socket.on('session', keep);
    return socket;
  } catch (thrown) {
    sessions.delete(key);
    socket.destroy();
    if (signal.aborted) throw thrown;
    throw dialled ? tlsError(thrown, target) : dialError(thrown, target);
  }
}

function resumed(socket: TLSSocket, known: KnownSession | undefined): string | undefined {
  return socket.isSessionReused() ? known?.print : undefined;
}

const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether more authorities to trust could have made the handshake succeed. */
export function wantsAuthority(error: unknown): boolean {
  return unknownAuthority.has(codeOf(error instanceof FairleadError ? error.cause : error));
}

function tlsError(thrown: unknown, { host, port }: Target): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  const code = codeOf(thrown);
  if (/ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code)) {
    return neverSent(clientCertificateRefused(thrown));
  }
  const failed = (message: string, help: string) =>
    neverSent(new FairleadError('tls_failed', message, { help, cause: thrown }));
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return failed(
        `The certificate of ${host} has expired.`,
        "It must be renewed on the server. Check this machine's clock, too.",
      );
    case 'CERT_NOT_YET_VALID':
      return failed(`The certificate of ${host} is not valid yet.`, "Check this machine's clock.");
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return failed(
        `The certificate of ${host} was issued for another name.`,
        'Use the address that the certificate was issued for, or have one issued for this name.',
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return failed(
        `The certificate of ${host} is self-signed.`,
        'If it is the right one, give the certificate itself with --ca <file>. A --pin is checked besides, not instead.',
      );
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return failed(
        `The certificate of ${host} comes from an authority that this machine does not know.`,
        "Give that authority's certificate with --ca <file>, or in NODE_EXTRA_CA_CERTS. If the authority is a public one, the server leaves out its intermediate certificate.",
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return failed(
        `${host}:${port} does not speak TLS.`,
        'Check the port, or use http:// if the server is on this machine.',
      );
    default:
      return failed(
        `The TLS handshake with ${host}:${port} failed.`,
        'Check the port. If the server expects a client certificate, give it with --cert and --key.',
      );
  }
}
