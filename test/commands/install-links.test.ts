import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EndpointEntry } from '../../electron/clients/known/known-client.ts';
import { installLinks } from '../../electron/commands/install-links.ts';

const windows: EndpointEntry = {
  command: 'C:\\Program Files\\Größe 100% + é~\\node.exe',
  args: ['C:\\Program Files\\Fairlead\\>?~\u007f😀\\stdio.cjs', 'stdio', 'notes'],
  env: { FAIRLEAD_HOME: 'D:\\Ünï "x"\\%20&#' },
};

/** What a client gets: the link's query, decoded once, or once more by those that do so. */
function configIn(url: string, decodings: number): unknown {
  let query = url.slice(url.indexOf('?') + 1);
  const { protocol } = new URL(url);
  if (!/^vscode(-insiders)?:$/.test(protocol)) {
    const config = new URLSearchParams(query).get('config') ?? '';
    expect(query).toContain(`config=${config}`);
    expect(config).toMatch(/^[A-Za-z0-9]+$/);
    // As `atob` reads it: a character for each byte.
    return JSON.parse(Buffer.from(config, 'base64').toString('latin1'));
  }
  for (let times = 0; times < decodings; times += 1) query = decodeURIComponent(query);
  return JSON.parse(query);
}

const linkOf = (client: string, name: string, entry: EndpointEntry) =>
  installLinks(name, entry).find((each) => each.client === client)!;

test('the links have the form that each client documents', () => {
  const entry = { command: '/n', args: ['/s', 'stdio', 'notes'] };
  expect(installLinks('notes', entry).map(({ client, link, web }) => [client, link, web])).toEqual([
    [
      'cursor',
      'cursor://anysphere.cursor-deeplink/mcp/install?name=notes&config=eyJjb21tYW5kIjoiL24iLCJhcmdzIjpbIi9zIiwic3RkaW8iLCJub3RlcyJdfSAg',
      'https://cursor.com/en/install-mcp?name=notes&config=eyJjb21tYW5kIjoiL24iLCJhcmdzIjpbIi9zIiwic3RkaW8iLCJub3RlcyJdfSAg',
    ],
    ...['vscode', 'vscode-insiders'].map((client) => {
      const json =
        '%7B%22name%22%3A%22notes%22%2C%22type%22%3A%22stdio%22%2C%22command%22%3A%22%2Fn%22%2C%22args%22%3A%5B%22%2Fs%22%2C%22stdio%22%2C%22notes%22%5D%7D';
      const link = `${client}:mcp/install?${json}`;
      return [client, link, `https://insiders.vscode.dev/redirect?url=${encodeURIComponent(link)}`];
    }),
    [
      'lm-studio',
      'lmstudio://add_mcp?name=notes&config=eyJjb21tYW5kIjoiL24iLCJhcmdzIjpbIi9zIiwic3RkaW8iLCJub3RlcyJdfSAg',
      'https://lmstudio.ai/install-mcp?name=notes&config=eyJjb21tYW5kIjoiL24iLCJhcmdzIjpbIi9zIiwic3RkaW8iLCJub3RlcyJdfSAg',
    ],
  ]);
});

test('any entry arrives as it is, also where a client decodes a link twice', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('%2B', '~~~', '?>', '\\u003e'),
  );
  fc.assert(
    fc.property(text, text, fc.array(text), (name, command, args) => {
      const entry = { command, args, env: { FAIRLEAD_HOME: command } };
      for (const [entryIn, nameIn] of [
        [entry, name],
        [windows, 'no tes + 100% 😀&config=x'],
      ] as const) {
        for (const client of ['cursor', 'lm-studio'])
          for (const form of ['link', 'web'] as const) {
            const url = linkOf(client, nameIn, entryIn)[form];
            expect(configIn(url, 1)).toEqual(entryIn);
            expect(new URL(url).searchParams.get('name')).toBe(nameIn);
          }
        for (const decodings of [1, 2])
          expect(configIn(linkOf('vscode', nameIn, entryIn).link, decodings)).toEqual({
            name: nameIn,
            type: 'stdio',
            ...entryIn,
          });
        const { link, web } = linkOf('vscode-insiders', nameIn, entryIn);
        expect(new URL(web).searchParams.get('url')).toBe(link);
      }
    }),
    { numRuns: 200 },
  );
});

test('a link is printable ASCII without blanks or quotes, so that it stays one word wherever it is pasted', () => {
  for (const { link, web } of installLinks('a b', windows))
    for (const url of [link, web]) expect(url).toMatch(/^[A-Za-z0-9%:/?=&._~!*()'-]+$/);
});
