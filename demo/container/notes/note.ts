/** A note, and the URI it is read by. */
import { z } from 'zod';
import { FairleadError } from '../../../shared/errors.ts';

export const noteId = z.string().regex(/^[0-9a-f]{12}$/, 'An id is 12 hex digits, as list_notes shows it.');
export const noteTitle = z.string().trim().min(1).max(200);
export const noteText = z.string().min(1).max(100_000);

export const note = z.object({
  id: noteId,
  title: noteTitle,
  text: noteText,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Note = z.infer<typeof note>;

/** What lists show of a note. */
export const noteSummary = note.omit({ text: true });
export type NoteSummary = z.infer<typeof noteSummary>;

export function summaryOf({ id, title, createdAt, updatedAt }: Note): NoteSummary {
  return { id, title, createdAt, updatedAt };
}

export function noteUri(id: string): string {
  return `note://${id}`;
}

/** A note's text with a paragraph more. Throws `usage` when it would become too long. */
export function longerText(old: string, added: string): string {
  const longer = noteText.safeParse(`${old}\n\n${added}`);
  if (longer.success) return longer.data;
  throw new FairleadError('usage', 'The note would become too long.', { help: 'Add a new note instead.' });
}

export function tooManyNotes(most: number): FairleadError {
  return new FairleadError('usage', `There are ${most} notes already.`, { help: 'Delete some first.' });
}
