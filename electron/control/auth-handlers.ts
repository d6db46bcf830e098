/** Signing in and out and keeping keys, as the control API does it for the person who asked. */
import { FairleadError } from '../../shared/errors.ts';
import { Secret } from '../runtime/secret.ts';
import { subjectOf } from './audit-log.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';

export function createAuthHandlers(deps: ControlDeps): Pick<Handlers, 'auth' | 'auth.forget' | 'auth.key'> {
  const { registry, inTurn, broker, audit } = deps;
  return {
    async auth({ name, fresh }, { signal }) {
      const container = registry.named(name);
      const connection = deps.stranger(container);
      try {
        await broker.signIn({ container, configured: true }, { fresh, send: connection.send, signal });
      } finally {
        await connection.close();
      }
      return container;
    },
    'auth.key': ({ name, secret }) =>
      inTurn(name, async () => {
        const container = registry.named(name);
        if (container.auth.method !== 'api_key') throw takesNoKey(name);
        await broker.store({ container, configured: true }, new Secret(secret));
        audit.append({ kind: 'container', ...subjectOf(container), change: 'key_stored' });
        return container;
      }),
    async 'auth.forget'({ name }) {
      const container = registry.named(name);
      await broker.signOut({ container, configured: true });
      return container;
    },
  };
}

function takesNoKey(name: string): FairleadError {
  return new FairleadError('usage', `The container ${name} is not entered with a key.`, {
    help: `Leave out the secret; \`fairlead auth ${name}\` signs in, where there is something to sign in to.`,
  });
}
