/** The layer of `fairlead doctor` that finds out how people sign in to a container. */
import { byPlatform, signsIn, type Container } from '../../shared/container.ts';
import type { Layer } from '../../shared/control.ts';
import type { SignInWay } from '../credentials/broker.ts';
import type { ControlDeps } from './deps.ts';
import { measured, skipped } from './layers.ts';

/** @param reachable whether the network was found to lead to the container. Begins no sign-in, and never throws. */
export async function checkDiscovery(
  deps: ControlDeps,
  container: Container,
  reachable: boolean,
): Promise<Layer> {
  if (!signsIn(container)) return skipped('discovery', 'Not needed: nothing has to be discovered for a key.');
  if (byPlatform(container))
    return skipped('discovery', 'Not needed: this container is entered with your platform account.');
  if (!reachable) return skipped('discovery', 'Not tried, as the network failed.');
  return measured('discovery', async () => {
    const connection = deps.stranger(container);
    try {
      return sentenceOf(await deps.broker.examine({ container, configured: true }, connection.send));
    } finally {
      await connection.close();
    }
  });
}

const registrations: Record<SignInWay['registration'], string> = {
  configured: 'the client is the configured one',
  metadata_document: 'Fairlead is known by a client ID metadata document',
  registered: 'Fairlead registers itself',
  none: 'it lets no program register itself, so give --client-id',
};

const sources: Record<SignInWay['source'], string> = {
  metadata: '',
  defaults: ' (by default, as there is no metadata)',
  explicit: ' (as configured)',
};

/** The issuer is the server's own word; who shows this escapes it. */
function sentenceOf({ issuer, source, registration, advertisesS256 }: SignInWay): string {
  const s256 = advertisesS256 ? 'PKCE with S256 is advertised' : 'PKCE with S256 is not advertised';
  return `Issuer ${issuer}${sources[source]}; ${registrations[registration]}; ${s256}.`;
}
