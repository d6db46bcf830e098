/** A note, and the URI it is read by. */
import { z } from 'zod';

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
