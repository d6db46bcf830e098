import { expect, test } from 'vitest';
import { container as containerSchema } from '../../shared/container.ts';
import { openControlPair } from './control-pair.ts';

const notes = containerSchema.parse({
  name: 'notes',
  url: 'https://notes.example.com/mcp',
  auth: { method: 'none' },
});

/** A container whose tools `read` and `*`, and whose instructions, are not what they were at first. */
async function openChanged() {
  const pair = await openControlPair();
  pair.deps.registry.add(notes);
  const known = pair.deps.definitions.of('notes');
  for (const version of ['first', 'second']) {
    for (const tool of ['read', '*']) known.see(tool, version);
    known.seeInstructions(version);
  }
  return { ...pair, known };
}

test('what is accepted is what was shown, and of a tool that is called * that one alone', async () => {
  const { client, known } = await openChanged();
  const shown = 'second';
  expect(await client.call('tools.accept', { name: 'notes', tool: '*', shown })).toMatchObject({
    tools: ['*'],
  });
  expect([...known.changes.keys()]).toEqual(['read']);
  expect(await client.call('tools.accept', { name: 'notes', shown })).toMatchObject({ instructions: true });
  expect(known.instructions).toBeUndefined();
});

test.each([
  { what: 'a tool', tool: { tool: 'read' } },
  { what: 'the instructions', tool: {} },
])('nothing of $what is accepted that is another by now than was shown', async ({ tool }) => {
  const { client, known } = await openChanged();
  known.see('read', 'third');
  known.seeInstructions('third');
  const accept = (shown: string) => client.call('tools.accept', { name: 'notes', ...tool, shown });
  await expect(accept('second')).rejects.toMatchObject({
    code: 'tool_changed',
    message: 'It has changed again since you looked.',
  });
  expect(known.hasChanged('read')).toBe(true);
  expect(known.instructions).toMatchObject({ now: 'third' });
  await accept('third');
});

test('who was shown nothing accepts what there is, by any pattern', async () => {
  const { client, known } = await openChanged();
  expect(await client.call('tools.accept', { name: 'notes', tool: 'r*' })).toMatchObject({ tools: ['read'] });
  expect(await client.call('tools.accept', { name: 'notes', tool: '*' })).toMatchObject({ tools: ['*'] });
  expect(known.anyChanged).toBe(false);
});
