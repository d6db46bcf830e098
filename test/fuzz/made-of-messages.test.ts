import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEnvelope, type Message } from '../../shared/envelope.ts';
import { claimOf, isModernVersion, nextEra, type ClientEra } from '../../shared/era.ts';
import { headerValue } from '../../electron/upstream/transports/header-value.ts';
import { paramHeaders, paramHeadersOf } from '../../electron/upstream/transports/param-headers.ts';
import { modernHeaders } from '../../electron/upstream/transports/request-headers.ts';
import { messageOf, withMembers } from '../../electron/upstream/splice.ts';
import { createToolHeaders } from '../../electron/upstream/transports/tool-headers.ts';
import {
  anyText,
  jsonText,
  membersOf,
  messageText,
  numberText,
  objectText,
  spelled,
  versionText,
} from './arbitraries.ts';
import { patience, runsOf } from './cases.ts';

const space = fc.constantFrom('', ' ', '\n');

test('exchanges the members that it is told to, and leaves the bytes of all others', patience, () => {
  const names = fc.oneof(fc.constantFrom('id', 'params', '_meta', '__proto__', '0', ''), anyText);
  const edits = fc.uniqueArray(fc.tuple(names, fc.option(jsonText, { nil: undefined })), {
    maxLength: 3,
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(membersOf(fc.tuple(names, jsonText)), space, edits, (members, between, changes) => {
      const bytes = Buffer.from(`[${objectText(members, between)}]`);
      const span = { start: 1, end: bytes.length - 1 };
      const after = withMembers(bytes, span, Object.fromEntries(changes)).toString();
      const kept = members.filter(({ name }) => !changes.some(([changed]) => changed === name));
      for (const { text } of kept) expect(after).toContain(Buffer.from(text).toString());
      const own = changes
        .filter(([, json]) => json !== undefined)
        .map(([name, json = '']) => `${JSON.stringify(name)}:${json}`);
      const wanted: unknown = JSON.parse(`{${[...kept.map(({ text }) => text), ...own].join(',')}}`);
      expect(isDeepStrictEqual(JSON.parse(after), wanted)).toBe(true);
    }),
    runsOf('members exchanged'),
  );
});

/** As a server reads it (MCP 2026-07-28, Streamable HTTP: value encoding). */
function decoded(value: string): string {
  const [, base64] = /^=\?base64\?(.*)\?=$/.exec(value) ?? [];
  return base64 === undefined ? value : Buffer.from(base64, 'base64').toString();
}

/** Half a surrogate pair has no UTF-8. */
const wellFormed = (text: string) => Buffer.from(text).toString();

function expectHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    expect(value).toMatch(/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/);
  }
}

test('writes any text into a header that nobody can end early, and that says the same', patience, () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string(), anyText.map(headerValue)), (text) => {
      const value = headerValue(text);
      expectHeaders({ 'mcp-name': value });
      expect(decoded(value)).toBe(wellFormed(text));
    }),
    runsOf('headers of texts'),
  );
});

function read(text: string): Message | undefined {
  const reading = readEnvelope(Buffer.from(text));
  return reading.status === 'message' ? reading.message : undefined;
}

test('repeats in headers what a request says, whatever that is', patience, () => {
  const argument = fc.oneof(spelled(anyText), numberText, jsonText);
  fc.assert(
    fc.property(messageText, argument, fc.tuple(anyText, anyText), (text, json, [name, version]) => {
      const message = read(text);
      if (message !== undefined) expectHeaders(modernHeaders(message, version));
      const value = { name, arguments: { in: 0 } };
      const params = JSON.stringify(value).replace(/0}}$/, () => `${json}}}`);
      const call = messageOf(`{"id":1,"method":"tools/call","params":${params}}`);
      const headers = {
        ...modernHeaders(call, version),
        ...paramHeaders(call, [{ header: 'mcp-param-in', path: ['in'] }]),
      };
      expectHeaders(headers);
      expect(decoded(headers['mcp-name'] ?? '')).toBe(wellFormed(name));
      const given = headers['mcp-param-in'];
      const said: unknown = JSON.parse(json);
      if (typeof said === 'string') expect(decoded(given ?? '')).toBe(wellFormed(said));
      else if (typeof said === 'number' && Number.isFinite(said))
        expect(Number(given)).toBe(said === 0 ? 0 : said);
      else expect(given).toBe(typeof said === 'boolean' ? String(said) : undefined);
    }),
    runsOf('headers of requests'),
  );
});

test(
  'learns from any tools only headers that there can be, and passes the others as they came',
  patience,
  () => {
    const annotated = fc.record({
      type: fc.constantFrom('string', 'integer', 'boolean', 'number'),
      'x-mcp-header': fc.oneof(fc.constantFrom('A', 'b', 'A\n'), anyText),
    });
    const keyword = fc.constantFrom('properties', 'properties', 'items', 'anyOf', '$defs', 'default', 'x');
    const within = (node: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
      fc.dictionary(keyword, fc.dictionary(anyText, node, { maxKeys: 2 }), { maxKeys: 2 });
    const leaf = fc.oneof(annotated, fc.jsonValue({ maxDepth: 1 }));
    const schema = fc.oneof(leaf, within(leaf), within(fc.oneof(leaf, within(leaf))));
    const tool = fc.record(
      {
        name: anyText,
        inputSchema: fc.oneof(
          schema,
          fc.dictionary(fc.constant('properties'), fc.dictionary(anyText, schema)),
        ),
      },
      { requiredKeys: [] },
    );
    const listing = messageOf('{"id":1,"method":"tools/list"}');
    fc.assert(
      fc.property(fc.array(fc.oneof(tool, fc.jsonValue({ maxDepth: 1 })), { maxLength: 4 }), (tools) => {
        const elements = tools.map((each) => JSON.stringify(each));
        const answer = messageOf(
          `{"id":1,"result":{"tools":[${elements.join(',')}], "big":12345678901234567890}}`,
        );
        const headers = createToolHeaders();
        const { bytes } = headers.learn(listing, answer);
        const isUsable = (each: unknown) => {
          const own = (each as { inputSchema?: unknown } | null)?.inputSchema;
          const found = paramHeadersOf(own);
          for (const { header } of found ?? []) validateHeaderName(header);
          return found !== undefined;
        };
        const kept = elements.filter((_, at) => isUsable(JSON.parse(elements[at] ?? '')));
        expect(Buffer.from(bytes).toString()).toBe(
          `{"id":1,"result":{"tools":[${kept.join(',')}], "big":12345678901234567890}}`,
        );
      }),
      runsOf('headers of schemas'),
    );
  },
);

test('sees the version that a message claims where JSON.parse sees it', patience, () => {
  const eras: fc.Arbitrary<ClientEra> = fc.constantFrom(
    { status: 'undecided' },
    { status: 'legacy' },
    { status: 'modern', version: '2026-07-28' },
  );
  const key = 'io.modelcontextprotocol/protocolVersion';
  const claiming = fc
    .tuple(fc.oneof(spelled(versionText), jsonText), fc.constantFrom('initialize', 'server/discover', 'x'))
    .map(([json, method]) => `{"id":1,"method":"${method}","params":{"_meta":{"${key}":${json}}}}`);
  fc.assert(
    fc.property(fc.oneof(claiming, messageText), eras, (text, era) => {
      const message = read(text);
      if (message === undefined) return;
      const value = JSON.parse(text) as { params?: { _meta?: Record<string, unknown> } | null };
      const meta = message.kind === 'response' ? undefined : value.params?._meta;
      const isObject = (each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each);
      const claims = isObject(value.params) && isObject(meta) && Object.hasOwn(meta ?? {}, key);
      const claim = claimOf(message);
      expect(claim !== undefined).toBe(claims);
      const version = meta?.[key];
      if (claims) expect(claim?.version).toBe(typeof version === 'string' ? version : undefined);
      const next = nextEra(era, message);
      if (era.status === 'legacy') expect(next).toBe(era);
      if (next.status === 'modern') expect(claims || era.status === 'modern').toBe(true);
      if (typeof version === 'string') expect(typeof isModernVersion(version)).toBe('boolean');
    }),
    runsOf('claims of an era'),
  );
});
