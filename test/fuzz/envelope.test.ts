import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  idKeyOf,
  memberOf,
  readEnvelope,
  sourceOf,
  textOf,
  type Message,
  type Reading,
} from '../../shared/envelope.ts';
import { scanJson, scanMembers, type Span } from '../../shared/json-scan.ts';
import { incomingMessages } from '../../electron/upstream/transports/incoming.ts';
import { anyBytes, batchText, damaged, idText, jsonText, messageText } from './arbitraries.ts';
import { patience, runsOf } from './cases.ts';

/** As who reads from a stranger does. */
const read = (bytes: Uint8Array): Reading => (isUtf8(bytes) ? readEnvelope(bytes) : { status: 'not_json' });

type Parsed = { readonly value: unknown } | undefined;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parsed(bytes: Uint8Array): Parsed {
  try {
    return { value: JSON.parse(decoder.decode(bytes)) };
  } catch {
    return undefined;
  }
}

const valueOf = (bytes: Uint8Array, span: Span): unknown => JSON.parse(sourceOf(bytes, span));
const isId = (value: unknown) => typeof value === 'string' || typeof value === 'number';

/** What `JSON.parse` makes of bytes, by the words of JSON-RPC 2.0. */
function wanted(json: Parsed): { status: Reading['status']; kind?: Message['kind'] } {
  if (json === undefined) return { status: 'not_json' };
  const { value } = json;
  if (Array.isArray(value)) return { status: 'batch' };
  if (typeof value !== 'object' || value === null) return { status: 'not_a_message' };
  const has = (name: string) => Object.hasOwn(value, name);
  const { id, method } = value as Record<string, unknown>;
  if (typeof method === 'string') {
    if (!has('id')) return { status: 'message', kind: 'notification' };
    return isId(id) ? { status: 'message', kind: 'request' } : { status: 'not_a_message' };
  }
  const named = isId(id) || (has('id') ? id === null : !has('result'));
  const answers = !has('method') && (has('result') || has('error')) && named;
  return answers ? { status: 'message', kind: 'response' } : { status: 'not_a_message' };
}

function expectAgreement(bytes: Uint8Array): void {
  const json = parsed(bytes);
  const reading = read(bytes);
  const { status, kind } = wanted(json);
  expect(reading.status).toBe(status);
  if (reading.status === 'batch') {
    const elements = reading.elements.map((each) => parsed(each)?.value);
    expect(isDeepStrictEqual(elements, json?.value)).toBe(true);
  }
  if (reading.status === 'not_a_message' && reading.id !== undefined) {
    expect(JSON.parse(reading.id)).toBe((json?.value as { id: unknown }).id);
  }
  if (reading.status === 'message')
    expectMembers(reading.message, json?.value as Record<string, unknown>, kind);
}

function expectMembers(message: Message, value: Record<string, unknown>, kind: Message['kind'] | undefined) {
  const { bytes, body } = message;
  const failed = kind === 'response' && !Object.hasOwn(value, 'result');
  expect(message.kind).toBe(kind);
  expect(message.method).toBe(kind === 'response' ? '' : value['method']);
  expect(message.failed).toBe(failed);
  expect(message.id === undefined).toBe(!Object.hasOwn(value, 'id'));
  if (message.id !== undefined) expect(JSON.parse(message.id)).toBe(value['id']);
  expect(message.idKey === undefined).toBe(!isId(value['id']));

  const name = kind !== 'response' ? 'params' : failed ? 'error' : 'result';
  expect(body === undefined).toBe(!Object.hasOwn(value, name));
  if (body === undefined) return;
  const whole = value[name];
  expect(isDeepStrictEqual(valueOf(bytes, body), whole)).toBe(true);
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) {
    expect(memberOf(bytes, body, '0')).toBeUndefined();
    return;
  }
  for (const [key, each] of Object.entries(whole)) {
    const span = memberOf(bytes, body, key);
    if (span === undefined) throw new Error(`There is no member ${key}.`);
    expect(isDeepStrictEqual(valueOf(bytes, span), each)).toBe(true);
    expect(textOf(bytes, span)).toBe(typeof each === 'string' ? each : undefined);
  }
  expect(memberOf(bytes, body, 'a name that nobody uses')).toBeUndefined();
}

const scans = (bytes: Uint8Array) => scanJson(bytes, 0, bytes.length) !== undefined;

test('takes JSON in any spelling, and finds in it what JSON.parse does', patience, () => {
  fc.assert(
    fc.property(jsonText, fc.constantFrom('', ' ', '\r\n\t'), (json, space) => {
      const bytes = Buffer.from(space + json + space);
      expect(scans(bytes)).toBe(true);
      const at = scanJson(bytes, 0, bytes.length) ?? { start: 0, end: 0 };
      const value: unknown = JSON.parse(json);
      expect(sourceOf(bytes, at)).toBe(Buffer.from(json).toString());
      const names = new Set<unknown>();
      const isContainer = scanMembers(bytes, at, (key) =>
        names.add(key.start === key.end ? names.size : textOf(bytes, key)),
      );
      expect(isContainer).toBe(typeof value === 'object' && value !== null);
      if (isContainer) expect(names.size).toBe(Object.keys(value as object).length);
    }),
    runsOf('JSON in any spelling'),
  );
});

test('takes damaged JSON exactly where JSON.parse does', patience, () => {
  fc.assert(
    fc.property(fc.oneof(damaged(jsonText), damaged(fc.json()), anyBytes), (bytes) => {
      if (isUtf8(bytes)) expect(scans(bytes)).toBe(parsed(bytes) !== undefined);
    }),
    runsOf('JSON damaged'),
  );
});

test('takes text made of JSON’s own pieces exactly where JSON.parse does', patience, () => {
  const piece = fc.constantFrom(
    ...['{', '}', '[', ']', ',', ':', '"', '"a"', '\\u00', '\\n', '1', '-', '0', '01', '.5', '1e', '+', 'E3'],
    ...['true', 'nul', 'null', ' ', '{"id":', '"method"', '\\ud83d', '\\'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''));
      expect(scans(bytes)).toBe(parsed(bytes) !== undefined);
      expectAgreement(bytes);
    }),
    runsOf('JSON of its own pieces'),
  );
});

test('reads the envelope of messages in any spelling as JSON.parse does', patience, () => {
  fc.assert(
    fc.property(fc.oneof({ weight: 5, arbitrary: messageText }, batchText), (text) => {
      expectAgreement(Buffer.from(text));
    }),
    runsOf('messages in any spelling'),
  );
});

test(
  'reads the envelope of damaged messages as JSON.parse does, or not at all as it does not',
  patience,
  () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 5, arbitrary: damaged(messageText) }, damaged(batchText)),
        expectAgreement,
      ),
      runsOf('messages damaged'),
    );
  },
);

test(
  'holds two ids equal where JSON.parse does, unless a double would make one of two integers',
  patience,
  () => {
    const key = (json: string) => {
      const bytes = Buffer.from(json);
      return idKeyOf(bytes, { start: 0, end: bytes.length });
    };
    fc.assert(
      fc.property(idText, idText, (one, other) => {
        const a: unknown = JSON.parse(one);
        const b: unknown = JSON.parse(other);
        if (!isId(a) || !isId(b)) return;
        const isLarge = Number.isInteger(a) && !Number.isSafeInteger(a);
        expect(key(one) === key(other)).toBe(a === b && (!isLarge || one === other));
      }),
      runsOf('ids compared'),
    );
  },
);

test('passes what a container answers on one line, and the same', patience, () => {
  fc.assert(
    fc.property(
      fc.oneof(
        messageText.map((text) => Buffer.from(text)),
        damaged(messageText),
        damaged(batchText),
      ),
      (bytes) => {
        const value = parsed(bytes)?.value;
        const messages = incomingMessages(Buffer.from(bytes));
        if (messages === undefined) return;
        const passed = messages.map((each) => {
          expect(Buffer.from(each.bytes).toString()).not.toMatch(/[\r\n]/);
          return parsed(each.bytes)?.value;
        });
        expect(isDeepStrictEqual(passed, Array.isArray(value) ? value : [value])).toBe(true);
      },
    ),
    runsOf('answers of containers'),
  );
});
