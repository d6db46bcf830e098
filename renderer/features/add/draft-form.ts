/** What the person has filled in of a new container, and the draft that it makes; pure. */
import type { CommandInput } from '../../../shared/control.ts';
import type { Authentication } from '../../../shared/container.ts';

export type EntryMethod = 'found' | Authentication['method'];

export interface DraftForm {
  readonly url: string;
  readonly name: string;
  /** `found`: as probing says. */
  readonly method: EntryMethod;
  readonly secret: string;
  readonly header: string;
  readonly grant: 'code' | 'device';
  readonly clientId: string;
  readonly scope: string;
  readonly provider: 'google' | 'github' | 'auth0' | 'other';
  /** Of another provider: its issuer. */
  readonly issuer: string;
  readonly domain: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly pkcs12: string;
  readonly passphrase: string;
  readonly transport: 'auto' | 'http' | 'sse';
}

export const emptyForm: DraftForm = {
  url: '',
  name: '',
  method: 'found',
  secret: '',
  header: 'Authorization',
  grant: 'code',
  clientId: '',
  scope: '',
  provider: 'google',
  issuer: '',
  domain: '',
  ca: '',
  cert: '',
  key: '',
  pkcs12: '',
  passphrase: '',
  transport: 'auto',
};

type Draft = CommandInput<'containers.add'>['draft'];

/** What the core is asked to probe, and to add. */
export function requestOf(
  form: DraftForm,
): Pick<CommandInput<'containers.add'>, 'draft' | 'secret' | 'passphrase'> {
  const auth = authOf(form);
  const takesSecret =
    form.method === 'found' || form.method === 'api_key' || form.method === 'client_credentials';
  return {
    draft: {
      url: addressOf(form.url) ?? form.url,
      transport: form.transport,
      ...(auth !== undefined && { auth }),
      tls: present({ ca: form.ca, cert: form.cert, key: form.key, pkcs12: form.pkcs12 }),
    },
    ...(takesSecret && present({ secret: form.secret })),
    ...present({ passphrase: form.passphrase }),
  };
}

function authOf(form: DraftForm): Draft['auth'] {
  const { method, header, grant, clientId, scope, provider, issuer, domain } = form;
  switch (method) {
    case 'found':
      return undefined;
    case 'none':
      return { method };
    case 'api_key':
      return { method, header };
    case 'oauth':
      return { method, grant, ...present({ clientId, scope }) };
    case 'identity':
      return {
        method,
        provider: provider === 'other' ? issuer : provider,
        clientId,
        grant,
        ...present({ scope, ...(provider === 'auth0' && { domain }) }),
      };
    case 'client_credentials':
      return { method, clientId, ...present({ scope, privateKey: form.key }) };
    case 'platform_token':
      return { method, ...present({ scope }) };
  }
}

/** Without what is empty. */
function present<T extends Readonly<Record<string, string>>>(texts: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()]])),
  ) as Partial<T>;
}

/** An address as people paste it: https where they leave that out; undefined: it is none yet. */
export function addressOf(typed: string): string | undefined {
  const text = typed.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!/^https?:\/\/[^\s/?#@\\]+(?:[/?#]\S*)?$/i.test(whole)) return undefined;
  const [, host = ''] = /^https?:\/\/(\[[^\]]+\]|[^/?#:]+)/i.exec(whole) ?? [];
  return host.includes('.') || host === 'localhost' || host.startsWith('[') ? whole : undefined;
}

/**
 * A name for it, made of its host: `https://mcp.notes.example.com/mcp` → `notes`.
 * @param server what a server calls itself, for a host that says nothing: `mcp-servers/everything` → `everything`
 */
export function nameOf(url: string, server = ''): string {
  const [, host = ''] = /^https?:\/\/(\[[^\]]+\]|[^/?#:]+)/i.exec(url) ?? [];
  if (/^[\d.]+$|^\[|^localhost$/i.test(host))
    return cleanName(server.slice(server.lastIndexOf('/') + 1)).toLowerCase() || 'local';
  const labels = host.split('.').filter((label) => !/^(www|mcp|api|app)$/i.test(label));
  const [first = ''] = labels;
  return cleanName(first);
}

/** Only what a name can have. */
export function cleanName(typed: string): string {
  return typed
    .replace(/\s+/g, '-')
    .replace(/[^a-z0-9._-]/gi, '')
    .replace(/^[^a-z0-9]+/i, '')
    .slice(0, 63);
}

/** What is still missing; undefined: nothing. */
export function missingIn(form: DraftForm): string | undefined {
  if (addressOf(form.url) === undefined) return 'An address is needed.';
  if (form.name === '') return 'A name is needed.';
  const needsId = form.method === 'identity' || form.method === 'client_credentials';
  if (needsId && form.clientId.trim() === '') return 'The client ID is needed.';
  if (form.method === 'identity' && form.provider === 'other' && form.issuer.trim() === '')
    return 'The address of the provider is needed.';
  if ((form.cert === '') !== (form.key === '') && form.method !== 'client_credentials')
    return 'A certificate and its key go together.';
  return undefined;
}
