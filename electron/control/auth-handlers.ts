/** Signing in and out, as the control API does it for the person who asked. */
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';

export function createAuthHandlers(deps: ControlDeps): Pick<Handlers, 'auth' | 'auth.forget'> {
  const { registry, broker } = deps;
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
    async 'auth.forget'({ name }) {
      const container = registry.named(name);
      await broker.signOut({ container, configured: true });
      return container;
    },
  };
}
