/** Waits for a socket to be usable. */
import type { Socket } from 'node:net';

/**
 * Resolves at `event`. Until then the socket's error, its end, or the signal rejects and destroys it; after that, its
 * errors are its user's, and one that nobody hears does not end the process.
 */
export function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      socket.off(event, succeed).off('error', fail).off('close', closed);
      signal.removeEventListener('abort', abort);
    };
    const succeed = () => {
      settle();
      resolve();
    };
    const fail = (error: Error) => {
      settle();
      socket.destroy();
      reject(error);
    };
    const closed = () => fail(new Error('The socket was closed before it was ready.'));
    const abort = () => fail(signal.reason instanceof Error ? signal.reason : new Error('Aborted.'));
    socket.on('error', () => undefined);
    socket.once(event, succeed).once('error', fail).once('close', closed);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
