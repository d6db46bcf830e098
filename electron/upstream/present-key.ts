/** Which public key a container's server holds now: seen by a handshake that ends before a request can begin. */
import type { Container } from '../../shared/container.ts';
import { FairleadError, PinMismatch } from '../../shared/errors.ts';
import type { ClientCertificate } from '../credentials/broker.ts';
import type { Logger } from '../runtime/logger.ts';
import { createHttpClient } from './network/http-client.ts';

/** The print of no key: a handshake under this pin always tells which key there is instead. */
const noKey = `sha256/${Buffer.alloc(32).toString('base64')}`;

/** @returns its print @throws FairleadError usage where there is no TLS, and what keeps it from being seen */
export async function keyOf(
  { url, tls }: Container,
  terms: { env: NodeJS.ProcessEnv; log: Logger; certificate: ClientCertificate | undefined },
): Promise<string> {
  if (!url.startsWith('https:')) throw withoutKey();
  const client = createHttpClient({ ...terms, tls: { ...tls, pins: [noKey] } });
  try {
    const signal = AbortSignal.timeout(15_000);
    await client.send({ method: 'GET', url: new URL(url), headers: {}, signal, lane: 'call' });
  } catch (thrown) {
    if (thrown instanceof PinMismatch && thrown.seen !== undefined) return thrown.seen;
    throw thrown;
  } finally {
    await client.close();
  }
  throw new FairleadError('internal', 'A handshake has passed that cannot.');
}

function withoutKey(): FairleadError {
  return new FairleadError('usage', 'A container at an http:// address has no key to pin.', {
    help: 'Pins are for https:// addresses.',
  });
}
