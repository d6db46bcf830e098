/** The notes: one JSON file each in a folder of their own, and who is told when they change. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createChanges, type NoteChanges } from './changes.ts';
import { longerText, note, noteUri, tooManyNotes, type Note } from './note.ts';

export const maxNotes = 1_000;

export interface NoteStore {
  /** Oldest first. */
  list(): Promise<readonly Note[]>;
  read(id: string): Promise<Note | undefined>;
  /** Notes whose title or text contains `words`, whatever the case. */
  search(words: string): Promise<readonly Note[]>;
  /** Throws `usage` when there are too many notes. */
  add(content: { title: string; text: string }): Promise<Note>;
  /** Adds a paragraph. `undefined` when there is no such note; throws `usage` when it would become too long. */
  append(id: string, text: string): Promise<Note | undefined>;
  remove(id: string): Promise<Note | undefined>;
  readonly onChange: NoteChanges['onChange'];
}

/** @param folder made if it is not there; files in it that are not notes are left alone */
export async function openNoteStore(folder: string): Promise<NoteStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const notes = new Map((await readNotes(folder)).map((each) => [each.id, each]));
  const { tell, onChange } = createChanges();

  // One write after the other: two at once could leave the older text on disk.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const save = async (changed: Note) => {
    await writeNote(folder, changed);
    notes.set(changed.id, changed);
  };

  return {
    list: () => Promise.resolve([...notes.values()]),
    read: (id) => Promise.resolve(notes.get(id)),
    search(words) {
      const wanted = words.toLowerCase();
      const found = [...notes.values()].filter(({ title, text }) =>
        `${title}\n${text}`.toLowerCase().includes(wanted),
      );
      return Promise.resolve(found);
    },
    add: ({ title, text }) =>
      inTurn(async () => {
        if (notes.size >= maxNotes) throw tooManyNotes(maxNotes);
        const now = new Date().toISOString();
        const added: Note = {
          id: randomBytes(6).toString('hex'),
          title,
          text,
          createdAt: now,
          updatedAt: now,
        };
        await save(added);
        tell({ kind: 'list' });
        return added;
      }),
    append: (id, text) =>
      inTurn(async () => {
        const old = notes.get(id);
        if (old === undefined) return undefined;
        const changed = {
          ...old,
          text: longerText(old.text, text),
          updatedAt: new Date().toISOString(),
        };
        await save(changed);
        tell({ kind: 'note', uri: noteUri(id) });
        return changed;
      }),
    remove: (id) =>
      inTurn(async () => {
        const removed = notes.get(id);
        if (removed === undefined) return undefined;
        await rm(fileOf(folder, id), { force: true });
        notes.delete(id);
        tell({ kind: 'note', uri: noteUri(id) });
        tell({ kind: 'list' });
        return removed;
      }),
    onChange,
  };
}

function fileOf(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

/** By rename: a crash in mid-write loses the change, never the note. */
async function writeNote(folder: string, changed: Note): Promise<void> {
  const file = fileOf(folder, changed.id);
  await writeFile(`${file}.new`, JSON.stringify(changed, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function readNotes(folder: string): Promise<Note[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const read = await Promise.all(names.map((name) => readNote(join(folder, name))));
  return read
    .filter((each) => each !== undefined)
    .filter((each) => names.includes(`${each.id}.json`))
    .sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}

async function readNote(file: string): Promise<Note | undefined> {
  try {
    return note.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
