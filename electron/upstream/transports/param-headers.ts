/**
 * Arguments that a tool wants repeated in headers: which its schema names, and what a call puts into them
 * (MCP 2026-07-28, Streamable HTTP: custom headers from tool parameters). Pure.
 */
import { memberOf, sourceOf, textOf, type Message } from '../../../shared/envelope.ts';
import type { Span } from '../../../shared/json-scan.ts';
import { headerValue } from './header-value.ts';

export const annotation = 'x-mcp-header';

export interface ParamHeader {
  /** Lower-case, with its prefix. */
  readonly header: string;
  /** Of names, from `arguments` on. */
  readonly path: readonly string[];
}

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const types: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Deeper schemas are refused: the walk is recursive, and the schema a stranger's. */
const maxDepth = 500;

/**
 * @param schema a tool's `inputSchema`
 * @returns undefined where it breaks a rule for these annotations: a client MUST NOT use such a tool
 */
export function paramHeadersOf(schema: unknown): readonly ParamHeader[] | undefined {
  const found: ParamHeader[] = [];

  const isSound = (node: unknown, path: readonly string[] | undefined, depth: number): boolean => {
    if (node === null || typeof node !== 'object') return true;
    if (depth > maxDepth) return false;
    if (Array.isArray(node)) return node.every((each) => isSound(each, undefined, depth + 1));
    const members = node as Record<string, unknown>;
    if (Object.hasOwn(members, annotation) && !takes(members, path)) return false;
    return Object.entries(members).every(([keyword, value]) => {
      if (data.has(keyword)) return true;
      if (!named.has(keyword)) return isSound(value, undefined, depth + 1);
      // Here the members are names that the schema's author chose, and no keywords.
      return value === null || typeof value !== 'object'
        ? true
        : Object.entries(value).every(([name, each]) =>
            isSound(each, keyword === 'properties' && path ? [...path, name] : undefined, depth + 1),
          );
    });
  };

  /** @param path undefined where the value is not surely at one place of the arguments */
  const takes = (members: Record<string, unknown>, path: readonly string[] | undefined): boolean => {
    const name = members[annotation];
    if (path === undefined || path.length === 0 || !types.has(members['type'])) return false;
    if (typeof name !== 'string' || !token.test(name)) return false;
    const header = `mcp-param-${name.toLowerCase()}`;
    if (found.some((each) => each.header === header)) return false;
    found.push({ header, path });
    return true;
  };

  return isSound(schema, [], 0) ? found : undefined;
}

/** Keywords whose members are names with a schema each. */
const named: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
/** Keywords whose value is data, in which the annotation's name means nothing. */
const data: ReadonlySet<string> = new Set([annotation, 'const', 'default', 'enum', 'examples']);

/** @returns what a `tools/call` puts into those headers; none for what is absent, null, or no simple value */
export function paramHeaders(call: Message, wanted: readonly ParamHeader[]): Record<string, string> {
  const { bytes, body } = call;
  const headers: Record<string, string> = {};
  for (const { header, path } of wanted) {
    let span = memberOf(bytes, body, 'arguments');
    for (const name of path) span = memberOf(bytes, span, name);
    const text = span === undefined ? undefined : simpleText(bytes, span);
    if (text !== undefined) headers[header] = headerValue(text);
  }
  return headers;
}

function simpleText(bytes: Uint8Array, span: Span): string | undefined {
  const text = textOf(bytes, span);
  if (text !== undefined) return text;
  const source = sourceOf(bytes, span);
  if (source === 'true' || source === 'false') return source;
  // As it stands, so that no digit is lost; other spellings of a number are made decimal.
  if (/^(?:0|-?[1-9]\d*)$/.test(source)) return source;
  return /^-?\d/.test(source) && Number.isFinite(Number(source)) ? String(Number(source)) : undefined;
}
