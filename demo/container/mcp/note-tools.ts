/** Tools on the notes. */
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import {
  note,
  noteId,
  noteSummary,
  noteText,
  noteTitle,
  noteUri,
  summaryOf,
  type NoteSummary,
} from '../notes/note.ts';
import type { NoteStore } from '../notes/store.ts';
import { answer, failure } from './answers.ts';

const noSuchNote = failure('There is no note with this id. list_notes shows the ids.');
const lineOf = ({ id, title, updatedAt }: NoteSummary) => `${id}  ${title}  (${updatedAt})`;
const linesOf = (notes: readonly NoteSummary[]) => notes.map(lineOf).join('\n');

export function registerNoteTools(server: McpServer, notes: NoteStore): void {
  registerReadingTools(server, notes);
  registerWritingTools(server, notes);
}

function registerReadingTools(server: McpServer, notes: NoteStore): void {
  const annotations = { readOnlyHint: true, openWorldHint: false };
  const listing = z.object({ notes: z.array(noteSummary) });

  server.registerTool(
    'list_notes',
    {
      title: 'List notes',
      description:
        'Lists all notes, oldest first: id, title and time of the last change. Use read_note for a text.',
      outputSchema: listing,
      annotations,
    },
    async () => {
      const found = (await notes.list()).map(summaryOf);
      return answer(found.length === 0 ? 'There are no notes yet.' : linesOf(found), { notes: found });
    },
  );

  server.registerTool(
    'read_note',
    {
      title: 'Read a note',
      description: 'Returns the title and the whole text of one note.',
      inputSchema: z.object({ id: noteId.describe('The id of the note, from list_notes or search_notes.') }),
      outputSchema: note,
      annotations,
    },
    async ({ id }) => {
      const found = await notes.read(id);
      return found === undefined ? noSuchNote : answer(`${found.title}\n\n${found.text}`, found);
    },
  );

  server.registerTool(
    'search_notes',
    {
      title: 'Search notes',
      description:
        'Finds notes whose title or text contains the given words as they stand; case does not matter.',
      inputSchema: z.object({ words: z.string().trim().min(1).max(200).describe('What to look for.') }),
      outputSchema: listing,
      annotations,
    },
    async ({ words }) => {
      const found = (await notes.search(words)).map(summaryOf);
      return answer(found.length === 0 ? 'No note contains these words.' : linesOf(found), { notes: found });
    },
  );
}

function registerWritingTools(server: McpServer, notes: NoteStore): void {
  server.registerTool(
    'add_note',
    {
      title: 'Add a note',
      description: 'Keeps a new note, or with append_to adds a paragraph to an existing one. Returns its id.',
      inputSchema: z.object({
        text: noteText.describe('The text, plain or Markdown.'),
        title: noteTitle.optional().describe('A short title. Left out: the first line of the text.'),
        append_to: noteId.optional().describe('The id of a note to add this text to; its title stays.'),
      }),
      outputSchema: noteSummary,
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: false,
      },
    },
    async ({ text, title, append_to }) => {
      if (append_to === undefined) {
        const added = summaryOf(await notes.add({ text, title: title ?? firstLine(text) }));
        return answer(`Added ${lineOf(added)}`, added);
      }
      const changed = await notes.append(append_to, text);
      return changed === undefined ? noSuchNote : answer(`Added to ${lineOf(changed)}`, summaryOf(changed));
    },
  );

  server.registerTool(
    'delete_note',
    {
      title: 'Delete a note',
      description: 'Deletes one note for good. There is no undo.',
      inputSchema: z.object({ id: noteId.describe('The id of the note to delete.') }),
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ id }) => {
      const removed = await notes.remove(id);
      return removed === undefined
        ? noSuchNote
        : answer(`Deleted ${noteUri(removed.id)} (${removed.title}).`);
    },
  );
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.trim().slice(0, 80) || 'Untitled';
}
