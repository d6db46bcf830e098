/** Where the container may listen, given how it is guarded. */
import { isIPv4 } from 'node:net';
import { FairleadError } from '../../../shared/errors.ts';
import type { GuardMode } from './guard.ts';

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Throws `usage` where the network could read a token, or call without one. */
export function checkBinding(binding: { mode: GuardMode; host: string; tls: boolean }): void {
  if (isLoopback(binding.host)) return;
  if (binding.mode === 'local') {
    throw new FairleadError('usage', 'auth.mode local has no sign-in, so it listens on loopback only.', {
      help: 'Leave --host away, or use auth.mode token.',
    });
  }
  if (!binding.tls) {
    throw new FairleadError('usage', 'Plain http beyond loopback would show every token to the network.', {
      help: 'Give --cert and --key, or listen on loopback behind a proxy that ends TLS.',
    });
  }
}
