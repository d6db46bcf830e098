/** The MCP server that one caller meets: the same tools, resources and prompt for every protocol version. */
import { McpServer } from '@modelcontextprotocol/server';
import type { Caller } from '../guard/caller.ts';
import type { NoteStore } from '../notes/store.ts';
import { registerNotePrompt, registerNoteResources } from './note-resources.ts';
import { registerNoteTools } from './note-tools.ts';
import { registerTrialTools } from './trial-tools.ts';

declare const FAIRLEAD_VERSION: string;

export function createMcpServer(notes: NoteStore, caller: Caller): McpServer {
  const server = new McpServer(
    { name: 'demo-container', title: 'Demo container', version: FAIRLEAD_VERSION },
    {
      capabilities: { resources: { subscribe: true, listChanged: true } },
      instructions:
        'Keeps notes on disk (add_note, list_notes, read_note, search_notes, delete_note; also resources note://<id>). ' +
        'slow_job, big_result and whoami are there to try a connection.',
    },
  );
  registerNoteTools(server, notes);
  registerTrialTools(server, caller);
  registerNoteResources(server, notes);
  registerNotePrompt(server, notes);
  return server;
}
