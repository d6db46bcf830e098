/** Links that put a container's entry into a client's config, once the person has opened one and said yes there. Pure. */
import type { EndpointEntry } from '../clients/known/known-client.ts';

export interface InstallLink {
  /** As `fairlead connect` names it. */
  readonly client: string;
  readonly title: string;
  /** For this machine: the client's own scheme. */
  readonly link: string;
  /** For places that make no link of a scheme: by way of a site of the client's maker, which sees the entry. */
  readonly web: string;
}

type Form = (name: string, entry: EndpointEntry) => Pick<InstallLink, 'link' | 'web'>;

/** Cursor: cursor.com/docs/mcp/install-links. LM Studio, which took it over: lmstudio.ai/docs/app/mcp/deeplink. */
const named =
  (scheme: string, site: string): Form =>
  (name, entry) => {
    const query = `name=${encodeURIComponent(name)}&config=${base64Config(entry)}`;
    return { link: `${scheme}?${query}`, web: `${site}?${query}` };
  };

/** code.visualstudio.com/api/extension-guides/ai/mcp. */
const vscode =
  (scheme: string): Form =>
  (name, entry) => {
    const link = `${scheme}:mcp/install?${encodeURIComponent(plainConfig({ name, type: 'stdio', ...entry }))}`;
    return { link, web: `https://insiders.vscode.dev/redirect?url=${encodeURIComponent(link)}` };
  };

const forms: readonly { readonly client: string; readonly title: string; readonly form: Form }[] = [
  {
    client: 'cursor',
    title: 'Cursor',
    form: named('cursor://anysphere.cursor-deeplink/mcp/install', 'https://cursor.com/en/install-mcp'),
  },
  { client: 'vscode', title: 'VS Code', form: vscode('vscode') },
  { client: 'vscode-insiders', title: 'VS Code Insiders', form: vscode('vscode-insiders') },
  {
    client: 'lm-studio',
    title: 'LM Studio',
    form: named('lmstudio://add_mcp', 'https://lmstudio.ai/install-mcp'),
  },
];

/** One for each client that takes links. */
export function installLinks(name: string, entry: EndpointEntry): InstallLink[] {
  return forms.map(({ client, title, form }) => ({ client, title, ...form(name, entry) }));
}

/**
 * JSON that comes through decoding once or twice, and through readers that take bytes for characters: in ASCII, and without
 * `%` and `+`. VS Code decodes a link twice.
 */
function plainConfig(value: object): string {
  // Each of them stands in strings only, and never behind the backslash of another escape.
  return JSON.stringify(value).replace(/[^\x20-\x7d]|[%+>?]/g, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Base64 of letters and digits alone: of ASCII only `>`, `?`, `~` and DEL make a `+` or `/`, and blanks save the `=`. */
function base64Config(entry: EndpointEntry): string {
  const json = plainConfig(entry);
  return Buffer.from(json.padEnd(Math.ceil(json.length / 3) * 3)).toString('base64');
}
