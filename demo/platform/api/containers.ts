/** `/containers`: what a user has, registers, changes, starts and stops. */
import type { Context } from 'hono';
import {
  containerChanges,
  lastEventHeader,
  newContainer,
  type ContainerRow,
} from '../../../shared/platform-api.ts';
import type { Audit } from '../audit.ts';
import type { Containers } from '../containers/containers.ts';
import type { Hosting } from '../hosting/hosting.ts';
import type { ApiApp, ApiEnv } from './authenticate.ts';
import { readInput } from './input.ts';
import { refusal } from './problem.ts';

interface Deps {
  readonly containers: Containers;
  readonly hosting: Hosting;
  readonly audit: Audit;
  readonly report: (thrown: unknown) => void;
}

export function addContainers(app: ApiApp, deps: Deps): void {
  const { containers, hosting, audit, report } = deps;

  app.get('/containers', async (context) => {
    const { rows, lastEvent } = await containers.list(context.get('account').id);
    context.header(lastEventHeader, String(lastEvent));
    return context.json(rows);
  });

  app.post('/containers', async (context) => {
    const user = context.get('account').id;
    const row = settled(await containers.create(user, await readInput(context, newContainer)));
    audit({ event: 'container_created', outcome: 'ok', user, container: row.id });
    return context.json(row, 201);
  });

  app.patch('/containers/:id', async (context) => {
    const { type, id, user_id: user } = await ownContainer(context, containers);
    const changes = await readInput(context, containerChanges);
    if (type === 'hosted' && Object.keys(changes).some((name) => name !== 'name'))
      throw refusal(409, 'Of a hosted container only the name can be changed.');
    const row = settled(await containers.change(id, changes));
    audit({ event: 'container_changed', outcome: 'ok', user, container: id });
    return context.json(row);
  });

  app.delete('/containers/:id', async (context) => {
    const { type, id, user_id: user } = await ownContainer(context, containers);
    // The row first: from now on nothing starts it again.
    await containers.remove(id);
    if (type === 'hosted') await hosting.discard(id);
    audit({ event: 'container_removed', outcome: 'ok', user, container: id });
    return context.body(null, 204);
  });

  for (const action of ['start', 'stop'] as const) {
    app.post(`/containers/:id/${action}`, async (context) => {
      const { type, id, user_id: user } = await ownContainer(context, containers);
      if (type !== 'hosted') throw refusal(409, 'Only a hosted container can be started and stopped here.');
      const event = action === 'start' ? 'container_started' : 'container_stopped';
      const done = action === 'start' ? hosting.wake(id) : hosting.stop(id);
      // How it ends is told by an event.
      done.then(
        () => audit({ event, outcome: 'ok', user, container: id }),
        (thrown: unknown) => {
          audit({ event, outcome: 'failed', user, container: id });
          report(thrown);
        },
      );
      return context.json(await ownContainer(context, containers), 202);
    });
  }
}

/** Throws a refusal, the same for what is not there and what is another user's. */
export async function ownContainer(context: Context<ApiEnv>, containers: Containers): Promise<ContainerRow> {
  const row = await containers.find(context.req.param('id') ?? '');
  if (row?.user_id === context.get('account').id) return row;
  throw refusal(404, 'You have no such container.');
}

function settled(result: ContainerRow | 'taken' | 'full' | undefined): ContainerRow {
  switch (result) {
    case undefined:
      throw refusal(404, 'You have no such container.');
    case 'taken':
      throw refusal(409, 'You have a container with this name or endpoint already.');
    case 'full':
      throw refusal(409, 'You have as many containers as the platform allows. Remove one first.');
    default:
      return result;
  }
}
