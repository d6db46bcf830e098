/** What the pictures' containers can do. */

const text = { type: 'string' };
const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
});

export const issueTools = [
  {
    name: 'search_issues',
    description: 'Searches issues by text, label, assignee and state. Returns at most 50, the newest first.',
    inputSchema: object({ query: text, label: text, state: { enum: ['open', 'closed'] } }, ['query']),
  },
  {
    name: 'get_issue',
    description: 'Reads one issue with its comments.',
    inputSchema: object({ number: { type: 'integer' } }, ['number']),
  },
  {
    name: 'create_issue',
    description: 'Opens a new issue.',
    inputSchema: object({ title: text, body: text, labels: { type: 'array', items: text } }, ['title']),
  },
  {
    name: 'comment_on_issue',
    description: 'Adds a comment to an issue, as you.',
    inputSchema: object({ number: { type: 'integer' }, body: text }, ['number', 'body']),
  },
  {
    name: 'close_issue',
    description: 'Closes an issue, with a reason that everybody can see.',
    inputSchema: object({ number: { type: 'integer' }, reason: text }, ['number']),
  },
  {
    name: 'delete_label',
    description: 'Takes a label away from every issue. This cannot be undone.',
    inputSchema: object({ label: text }, ['label']),
  },
];

export const calendarTools = [
  {
    name: 'list_events',
    description: 'Events of a day or a week.',
    inputSchema: object({ from: text, to: text }),
  },
  {
    name: 'find_time',
    description: 'Looks for a time when everybody is free.',
    inputSchema: object({ who: text }),
  },
  {
    name: 'create_event',
    description: 'Adds an event and invites people.',
    inputSchema: object({ title: text }),
  },
];

export const searchTools = [
  { name: 'web_search', description: 'Searches the web.', inputSchema: object({ query: text }, ['query']) },
];
