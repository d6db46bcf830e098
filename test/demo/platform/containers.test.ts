import { expect, test } from 'vitest';
import { createAccounts } from '../../../demo/platform/accounts.ts';
import { createContainerEvents } from '../../../demo/platform/containers/events.ts';
import { createContainers } from '../../../demo/platform/containers/containers.ts';
import { borrowDatabase } from './database.ts';
import { maya } from './running.ts';

async function open(kept = 100) {
  const database = await borrowDatabase();
  await createAccounts(database).ensure(maya);
  const events = createContainerEvents(database, kept);
  return { database, events, containers: createContainers(database, events) };
}

test('keeps as many events as it says, and knows what it has forgotten', async () => {
  const { events, containers } = await open(3);
  const row = await containers.create(maya.id, { type: 'hosted', name: 'notes' });
  if (typeof row === 'string') throw new Error(row);
  for (const name of ['a', 'b', 'c', 'd']) await containers.change(row.id, { name });
  expect(await events.after(maya.id, 1)).toBe('gone');
  expect(await events.after(maya.id, 6)).toBe('gone');
  expect(await events.after(maya.id, 2)).toMatchObject([{ id: 3 }, { id: 4 }, { id: 5 }]);
  expect(await events.after(maya.id, 5)).toEqual([]);
});

test('changes that come at once are numbered without a gap, and none without its event', async () => {
  const { events, containers } = await open();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      containers.create(maya.id, { type: 'hosted', name: `n${index}` }),
    ),
  );
  const told = await events.after(maya.id, 0);
  if (told === 'gone') throw new Error(told);
  expect(told.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  const { rows, lastEvent } = await containers.list(maya.id);
  expect([rows.length, lastEvent]).toEqual([20, 20]);
});

test('of two who want its status changed, one does it', async () => {
  const { containers } = await open();
  const row = await containers.create(maya.id, { type: 'hosted', name: 'notes' });
  if (typeof row === 'string') throw new Error(row);
  const moves = await Promise.all([1, 2, 3].map(() => containers.move(row.id, ['sleeping'], 'starting')));
  expect(moves.filter((moved) => moved !== undefined)).toHaveLength(1);
  await containers.settle();
  expect(await containers.find(row.id)).toMatchObject({ status: 'sleeping' });
});

test('a bell that rang before anybody waited is heard', async () => {
  const { events, containers } = await open();
  const bell = events.bell(maya.id);
  await containers.create(maya.id, { type: 'hosted', name: 'notes' });
  await bell.wait(60_000);
  bell.close();
});

test('nobody has more containers than anybody may', async () => {
  const { containers, database } = await open();
  await database.query(
    `INSERT INTO containers (id, user_id, name, type, mcp_endpoint, auth_method, status)
    SELECT 'c' || n, $1, 'n' || n, 'external', 'https://a.example/' || n, 'api_key', 'registered'
    FROM generate_series(1, 200) n`,
    [maya.id],
  );
  expect(await containers.create(maya.id, { type: 'hosted', name: 'one-more' })).toBe('full');
});
