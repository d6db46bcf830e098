/** Where the container may listen, given how it is guarded. */
import { FairleadError } from '../../../shared/errors.ts';
import { isLoopback } from '../../../shared/loopback.ts';
import type { GuardMode } from './guard.ts';

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
      help: 'Give --cert and --key, or tls in config.yaml, or listen on loopback behind a proxy that ends TLS.',
    });
  }
}
