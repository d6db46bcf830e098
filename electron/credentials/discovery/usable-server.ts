/** Whether an authorization server can do what the configured grant needs of it, asked before the browser opens. */
import type { AuthorizationServer } from 'oauth4webapi';
import { FairleadError } from '../../../shared/errors.ts';
import type { Discovered } from './discovered.ts';
import { refusal } from './document.ts';
import type { SignInTerms } from './sign-in-terms.ts';

/** @throws FairleadError discovery_failed for what it lacks, discovery_refused for want of S256 */
export function requireUsable(
  server: AuthorizationServer,
  source: Discovered['source'],
  { needs, assumeS256 }: Pick<SignInTerms, 'needs' | 'assumeS256'>,
): void {
  if (server.token_endpoint === undefined) throw lacking('token endpoint', 'Ask whoever runs the container.');
  if (needs === 'device' && server.device_authorization_endpoint === undefined)
    throw lacking('sign-in by device code', 'Leave --grant device away to sign in with a browser.');
  if (needs !== 'code') return;
  if (server.authorization_endpoint === undefined)
    throw lacking('sign-in with a browser', 'Try --grant device, or --auth client-credentials.');
  // MCP authorization: without S256 a stolen code could be used. What has no metadata cannot say so and is sent it.
  const proven = server.code_challenge_methods_supported?.includes('S256') === true;
  if (source === 'metadata' && !proven && !assumeS256) {
    throw refusal(
      'The authorization server does not say that it protects codes from theft (PKCE with S256).',
      'If it does so without saying it, as Microsoft Entra ID does, give --assume-s256 for this container.',
    );
  }
}

function lacking(what: string, help: string): FairleadError {
  return new FairleadError('discovery_failed', `The authorization server offers no ${what}.`, { help });
}
