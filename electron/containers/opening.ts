/** Which container an endpoint's command line means: a configured one by its name, or any other by its URL. */
import { FairleadError } from '../../shared/errors.ts';
import type { Policy } from '../../shared/policy.ts';
import type { CredentialOwner } from '../credentials/broker.ts';
import { publicUrl } from '../runtime/public-url.ts';
import { Secret } from '../runtime/secret.ts';
import type { EndpointOpening } from '../socket/opening.ts';
import { containerOf } from './draft.ts';
import { readContainerOptions } from './options.ts';
import type { Registry } from './registry.ts';

export interface OpenedContainer extends CredentialOwner {
  /** What the command line says; that of a configured container is the registry's. */
  readonly policy?: Policy;
}

/** @throws FairleadError usage, container_unknown, config_invalid */
export function ownerOfOpening(opening: EndpointOpening, registry: Registry): OpenedContainer {
  const { target, draft, secretEnv, secretStdin, passphraseEnv, passphraseStdin } = readContainerOptions(
    opening.args,
    opening,
  );
  if (secretStdin || passphraseStdin) {
    throw new FairleadError(
      'usage',
      'An endpoint cannot read a secret from stdin: its client speaks there.',
      {
        help: 'Use --secret-env or --passphrase-env <VARIABLE>, or `fairlead add`.',
      },
    );
  }
  if (draft === undefined) return { container: registry.named(target), configured: true };
  const [secret, passphrase] = [secretEnv, passphraseEnv].map((name) => name && opening.env[name]);
  const unnamed = containerOf(
    target,
    draft,
    secret === undefined ? { method: 'none' } : { method: 'api_key', header: 'Authorization' },
  );
  // Its name goes into logs and errors.
  const container = { ...unnamed, name: publicUrl(new URL(unnamed.url)) };
  const undeclared = draft.auth === undefined && secret === undefined;
  return {
    container,
    configured: false,
    ...(draft.tools !== undefined && { policy: { tools: draft.tools } }),
    ...(secret !== undefined && { handedIn: new Secret(secret) }),
    ...(passphrase !== undefined && { passphrase: new Secret(passphrase) }),
    ...(undeclared && { undeclared }),
  };
}
