/** The account's containers, as the control API lists, starts, stops, registers, renames and removes them. */
import { createAccountContainers } from './account-containers.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';
import { register } from './registration.ts';
import { runHosted } from './run-hosted.ts';

type ContainerHandlers = Pick<
  Handlers,
  'platform.containers' | `platform.${'start' | 'stop' | 'add' | 'rename' | 'remove'}`
>;

export function createPlatformContainerHandlers(deps: ControlDeps): ContainerHandlers {
  const { client, live } = deps;
  const containers = createAccountContainers(deps);

  const run =
    (deed: 'start' | 'stop'): Handlers['platform.start'] =>
    async ({ name }, { signal }) => {
      const issuer = await containers.issuer(signal);
      const row = containers.named(name);
      return containers.described(await runHosted(deps, deed, { issuer, row, signal }));
    };

  return {
    async 'platform.containers'(_input, { signal }) {
      const issuer = await containers.issuer(signal);
      return { issuer, currency: live.currency, containers: containers.all() };
    },
    'platform.start': run('start'),
    'platform.stop': run('stop'),
    'platform.add': (wanted, { signal }) => register(deps, containers, { wanted, signal }),
    async 'platform.rename'({ name, to }, { signal }) {
      const issuer = await containers.issuer(signal);
      const { id } = containers.named(name);
      containers.refuseTaken(to, id);
      const row = await client.change(issuer, id, { name: to });
      live.apply({ event: 'container.updated', row });
      return containers.described(row);
    },
    async 'platform.remove'({ name }, { signal }) {
      const issuer = await containers.issuer(signal);
      const row = containers.named(name);
      const removed = containers.described(row);
      await client.remove(issuer, row.id);
      live.apply({ event: 'container.removed', row });
      return removed;
    },
  };
}
