/** config.yaml as the guard understands it. Every complaint names the file, the line and what to write instead. */
import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { FairleadError } from '../../../shared/errors.ts';
import { oauthMode } from '../authorization/config.ts';
import { certificateMode } from './certificate-config.ts';
import { externalMode } from './external/config.ts';
import { mtlsMode } from './mtls-config.ts';
import { platformMode } from './platform-config.ts';
import { secureUrl, tlsFiles } from './settings.ts';

export const tokenName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'a name has 1 to 63 letters, digits, dots, dashes or underscores');

const storedToken = z.strictObject({
  name: tokenName,
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a hash is sha256: and 64 hex digits'),
});
export type StoredToken = z.infer<typeof storedToken>;

const tokens = z.array(storedToken).superRefine((list, context) => {
  for (const [index, { name }] of list.entries()) {
    if (list.findIndex((other) => other.name === name) === index) continue;
    context.addIssue({ code: 'custom', path: [index, 'name'], message: 'two tokens have this name' });
  }
});

const modes = 'local, token, platform, certificate, mtls, external or oauth';
const auth = z.discriminatedUnion(
  'mode',
  [
    /** Tokens may stay in the file while it is tried without them. */
    z.strictObject({ mode: z.literal('local'), tokens: tokens.optional() }),
    z.strictObject({ mode: z.literal('token'), tokens: tokens.default([]) }),
    platformMode,
    certificateMode,
    mtlsMode,
    externalMode,
    oauthMode,
  ],
  { error: `give a mode: ${modes}` },
);
const config = z.strictObject({
  auth,
  tls: tlsFiles.optional(),
  /** The URL of `/mcp` as callers name it, where that is not where the container listens. */
  public_url: secureUrl.optional(),
  /** For each tenant. */
  limit: z.strictObject({ requests: z.int().positive(), seconds: z.number().positive() }).optional(),
});
export type GuardConfig = z.infer<typeof auth>;
export type ContainerConfig = z.infer<typeof config>;

/** Throws `config_invalid`. */
export async function readConfig(file: string): Promise<ContainerConfig> {
  return parseConfig(await readConfigText(file), file);
}

/** Throws `config_invalid`. */
export async function readConfigText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new FairleadError('config_invalid', `${file} cannot be read.`, {
      help: 'Name the file with --config, or make one with `container token create <name>`.',
      cause,
    });
  }
}

/**
 * @param file its name, for messages
 * Throws `config_invalid`. A message never quotes a value: a secret could have been pasted into the wrong place.
 */
export function parseConfig(text: string, file: string): ContainerConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const invalid = (line: number, problem: string) =>
    new FairleadError('config_invalid', `${file}, line ${line}: ${problem}.`);

  const [syntax] = document.errors;
  if (syntax !== undefined) {
    throw invalid(lines.linePos(syntax.pos[0]).line, `this is not valid YAML (${syntax.code})`);
  }
  const lineOf = (path: readonly PropertyKey[]) => lines.linePos(offsetOf(document, path)).line;

  const parsed = config.safeParse(valueOf(document) ?? {});
  if (parsed.success) return parsed.data;

  const issue = parsed.error.issues[0];
  const path = issue?.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue?.path;
  const where = path === undefined || path.length === 0 ? '' : `${path.map(String).join('.')}: `;
  throw invalid(lineOf(path ?? []), `${where}${lowerFirst(issue?.message ?? 'not understood')}`);
}

/** The plain value; nothing where there are more aliases than a config can need (the "billion laughs" of YAML). */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    return undefined;
  }
}

/** Where the value at `path` begins, or the nearest thing around it that exists. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true) as
      { range?: [number, number, number] } | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
