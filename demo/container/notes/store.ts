/** The notes: one JSON file each in a folder of their own, and who is told when they change. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../../../shared/errors.ts';
import { note, noteText, noteUri, type Note } from './note.ts';

const maxNotes = 1_000;

/** `list`: a note came or went. `note`: the one at `uri` changed or went. */
export type NoteChange = { readonly kind: 'list' } | { readonly kind: 'note'; readonly uri: string };

export interface NoteStore {
  /** Oldest first. */
  list(): readonly Note[];
  read(id: string): Note | undefined;
  /** Notes whose title or text contains `words`, whatever the case. */
  search(words: string): readonly Note[];
  /** Throws `usage` when there are too many notes. */
  add(content: { title: string; text: string }): Promise<Note>;
  /** Adds a paragraph. `undefined` when there is no such note; throws `usage` when it would become too long. */
  append(id: string, text: string): Promise<Note | undefined>;
  remove(id: string): Promise<Note | undefined>;
  /** Returns what ends the subscription. */
  onChange(listener: (change: NoteChange) => void): () => void;
}

/** @param folder made if it is not there; files in it that are not notes are left alone */
export async function openNoteStore(folder: string): Promise<NoteStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const notes = new Map((await readNotes(folder)).map((each) => [each.id, each]));
  const listeners = new Set<(change: NoteChange) => void>();
  const tell = (change: NoteChange) => {
    for (const listener of listeners) listener(change);
  };

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
    list: () => [...notes.values()],
    read: (id) => notes.get(id),
    search(words) {
      const wanted = words.toLowerCase();
      return [...notes.values()].filter(({ title, text }) =>
        `${title}\n${text}`.toLowerCase().includes(wanted),
      );
    },
    add: ({ title, text }) =>
      inTurn(async () => {
        if (notes.size >= maxNotes) {
          throw new FairleadError('usage', `There are ${maxNotes} notes already.`, {
            help: 'Delete some first.',
          });
        }
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
        const longer = noteText.safeParse(`${old.text}\n\n${text}`);
        if (!longer.success) {
          throw new FairleadError('usage', 'The note would become too long.', {
            help: 'Add a new note instead.',
          });
        }
        const changed = { ...old, text: longer.data, updatedAt: new Date().toISOString() };
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
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
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
