import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NoteChange } from '../../../../demo/container/notes/changes.ts';
import { openNoteStore } from '../../../../demo/container/notes/store.ts';
import { temporaryFolder } from '../running.ts';

test('keeps notes over a restart, and leaves other files alone', async () => {
  const folder = join(await temporaryFolder(), 'notes');
  const first = await openNoteStore(folder);
  const kept = await first.add({ title: 'Kept', text: 'This stays.' });
  const gone = await first.add({ title: 'Gone', text: 'This goes.' });
  await first.append(kept.id, 'And this.');
  await first.remove(gone.id);
  await writeFile(join(folder, 'other.json'), '{"id": 1}');
  await writeFile(join(folder, 'broken.json'), '{');

  const second = await openNoteStore(folder);
  expect(await second.list()).toMatchObject([
    { id: kept.id, title: 'Kept', text: 'This stays.\n\nAnd this.' },
  ]);
  expect((await readdir(folder)).sort()).toEqual([`${kept.id}.json`, 'broken.json', 'other.json'].sort());
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, `${kept.id}.json`))).mode & 0o777).toBe(0o600);
});

test('tells what changed until it is told to stop', async () => {
  const store = await openNoteStore(await temporaryFolder());
  const changes: NoteChange[] = [];
  const stop = store.onChange((change) => changes.push(change));
  const { id } = await store.add({ title: 'A', text: 'a' });
  await store.append(id, 'b');
  await store.remove(id);
  stop();
  await store.add({ title: 'B', text: 'b' });
  const uri = `note://${id}`;
  expect(changes).toEqual([{ kind: 'list' }, { kind: 'note', uri }, { kind: 'note', uri }, { kind: 'list' }]);
});

test('loses nothing when many append at once', async () => {
  const folder = await temporaryFolder();
  const store = await openNoteStore(folder);
  const { id } = await store.add({ title: 'Many', text: 'start' });
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  await Promise.all(lines.map((line) => store.append(id, line)));
  const onDisk = (await (await openNoteStore(folder)).read(id))?.text ?? '';
  expect(onDisk.split('\n\n')).toEqual(['start', ...lines]);
});

test('refuses a note that would become too long, and goes on', async () => {
  const store = await openNoteStore(await temporaryFolder());
  const { id } = await store.add({ title: 'Long', text: 'x'.repeat(99_990) });
  await expect(store.append(id, 'y'.repeat(20))).rejects.toMatchObject({ code: 'usage' });
  await expect(store.append(id, 'y')).resolves.toMatchObject({ id });
  await expect(store.append('000000000000', 'y')).resolves.toBeUndefined();
});
