/** An entry of ours in the place of another bridge's: what stays of the one before, and how the change is shown. */
import { createTwoFilesPatch } from 'diff';
import { shownUrl } from '../runtime/redact.ts';
import type { Editor, EntryPlace, EntryValue } from './edit/editor.ts';

export type EntryTable = Readonly<Record<string, EntryValue>>;

export interface EntryChange {
  readonly name: string;
  /** As the config has it. */
  readonly before: unknown;
  readonly after: EntryTable;
}

/** What says where a server is and how it is entered, in the words of any client. */
const wayThere = new Set([
  ...['command', 'cmd', 'args', 'env', 'envs', 'env_keys', 'env_vars', 'envFile', 'cwd'],
  ...['url', 'serverUrl', 'httpUrl', 'uri', 'type', 'transport', 'transportType', 'requestInit'],
  ...['headers', 'http_headers', 'env_http_headers', 'headersHelper', 'bearer_token_env_var', 'bearer_token'],
  ...['oauth', 'auth', 'authProviderType', 'scopes', 'oauth_resource'],
]);

/** What the person has set beside the way there (that it is off, tools that are allowed, a limit) stays. */
export function replacedEntry(before: unknown, wanted: EntryTable): EntryTable {
  const kept = Object.entries(tableOf(before)).filter(([key]) => !wayThere.has(key));
  return { ...wanted, ...(Object.fromEntries(kept) as EntryTable) };
}

/**
 * A unified diff of these entries alone, in the config's own format: what stands around them may hold secrets.
 * @returns undefined: they cannot be shown without telling one
 */
export function shownChange(
  { editor, path, keys }: { editor: Editor; path: string; keys: EntryPlace['keys'] },
  changes: readonly EntryChange[],
): string | undefined {
  const textOf = (entryOf: (change: EntryChange) => EntryValue): string | undefined => {
    let text = '';
    for (const change of changes) {
      const edit = editor.setEntry(text, { keys, name: change.name }, entryOf(change));
      if (edit.outcome !== 'edited') return undefined;
      text = edit.text;
    }
    return text;
  };
  const before = textOf((change) => shownEntry(change.before));
  const after = textOf((change) => ({
    ...shownEntry(change.after),
    ...ours(change.after),
  }));
  if (before === undefined || after === undefined) return undefined;
  return createTwoFilesPatch(path, path, before, after, undefined, undefined, { context: 1_000 });
}

/** What Fairlead has put there, which is no secret. */
function ours(entry: EntryTable): EntryTable {
  return Object.fromEntries(
    Object.entries(entry).filter(([key]) => ['command', 'cmd', 'args', 'env', 'envs'].includes(key)),
  );
}

const hidden = '[secret]';
/** Keys of an entry whose texts are words of the client's own. */
const plainKeys = new Set(['type', 'transport', 'transportType', 'source', 'name', 'bearer_token_env_var']);
const plainWords =
  /^(-{1,2}[a-z][a-z0-9-]{0,39}|\/c|cmd|npx|bunx|pnpx|npm|pnpm|yarn|bun|node|dlx|exec|x|(npm:)?(mcp-remote|supergateway)(@[\w.^~-]{1,20})?|(http|sse)-(only|first)|\d{1,5})$/i;
/** Options whose value is no secret, whatever it is. */
const plainOptions = new Set(['--transport', '--host', '--ignore-tool', '--auth-timeout', '--logLevel']);
/** Options whose value may be one, whatever it looks like. */
const secretOptions = /^--(header|header-file|oauth2Bearer|static-oauth-.*|authorize-param)$/;

/** An entry with all hidden that is not known to be harmless. */
function shownEntry(entry: unknown): EntryTable {
  return Object.fromEntries(
    Object.entries(tableOf(entry)).map(([key, value]): [string, EntryValue] => {
      if (typeof value === 'string') return [key, plainKeys.has(key) ? value : shownWord(value)];
      if (typeof value === 'number') return [key, value];
      if (Array.isArray(value)) return [key, shownWords(value)];
      // Zed had the whole program in there.
      return [key, key === 'command' ? shownEntry(value) : masked(value)];
    }),
  );
}

function shownWords(words: readonly unknown[]): EntryValue {
  return words.map((word, at) => {
    const before = String(words[at - 1]);
    if (typeof word !== 'string' || secretOptions.test(before)) return masked(word);
    return plainOptions.has(before) ? word : shownWord(word);
  });
}

/** Of an environment, headers and the like the names alone. */
function masked(value: unknown): EntryValue {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object') return hidden;
  return Object.fromEntries(Object.entries(tableOf(value)).map(([name, each]) => [name, masked(each)]));
}

function shownWord(word: string): string {
  if (plainWords.test(word) || word === '') return word;
  if (/^https?:/i.test(word) && URL.canParse(word)) return shownUrl(word, { part: hidden, query: hidden });
  return /[\\/](npx|node|bunx|mcp-remote)(\.cmd|\.exe)?$/i.test(word) ? word : hidden;
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
