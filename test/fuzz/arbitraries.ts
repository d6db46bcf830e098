/** What strangers may write, as well as they can be imagined: JSON in any spelling, messages, damage to both. */
import fc from 'fast-check';

const hex = (code: number) => code.toString(16).padStart(4, '0');
const space = fc.constantFrom('', '', '', ' ', '\t', '\r\n', ' \n ');

/** Any text, lone surrogates among them. */
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(fc.nat(0xffff), { maxLength: 6 }).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    '\0',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\udfff\ud800',
    '=?base64?YQ==?=',
  ),
);

const shortEscapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A text as a JSON string, each of its characters in one of its spellings; which ones, the seed decides. */
export function spell(text: string, seed: number): string {
  let choice = seed;
  let written = '';
  for (const each of text) {
    // A linear congruential generator: arbitraries for each character would cost more than all the rest.
    choice = (Math.imul(choice, 1_664_525) + 1_013_904_223) >>> 0;
    const roll = choice >>> 29;
    const short = shortEscapes.get(each);
    // Half of a surrogate pair has no UTF-8.
    const mustEscape = each < ' ' || each === '"' || each === '\\' || /^[\ud800-\udfff]$/.test(each);
    if (short !== undefined && roll > 4) written += short;
    else if (mustEscape || roll === 0) written += escaped(each, roll);
    else written += each;
  }
  return `"${written}"`;
}

function escaped(character: string, roll: number): string {
  const units = Array.from({ length: character.length }, (_, at) => hex(character.charCodeAt(at)));
  return units.map((unit) => `\\u${roll % 2 === 0 ? unit : unit.toUpperCase()}`).join('');
}

export const numberText = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.nat(999),
      fc.constantFrom('', '.0', '.50', '.0000000001'),
      fc.constantFrom('', 'e2', 'E+02', 'e-7', 'e400'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('0', '-0', '1.0', '1e2', '9007199254740992', '9007199254740993', '1e999', '0.1e1'),
);

/** Any of these texts as a JSON string. */
export const spelled = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.nat()).map(([each, seed]) => spell(each, seed));
const stringText = spelled(anyText);
const literal = fc.constantFrom('null', 'true', 'false');

/** The members of a JSON object, each as it is written: names may be there twice, in different spellings. */
export const membersOf = (member: fc.Arbitrary<[name: string, json: string]>, maxLength = 6) =>
  fc.array(
    fc.tuple(member, fc.nat(), space, space).map(([[name, json], seed, before, behind]) => ({
      name,
      text: `${spell(name, seed)}${before}:${behind}${json}`,
    })),
    { maxLength },
  );

export const objectText = (members: readonly { text: string }[], between: string): string =>
  `{${between}${members.map(({ text }) => text).join(`${between},${between}`)}${between}}`;

/** JSON in any of its spellings. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numberText,
    stringText,
    literal,
    fc
      .tuple(fc.array(tie('value'), { maxLength: 4 }), space)
      .map(([each, between]) => `[${between}${each.join(`${between},${between}`)}]`),
    fc
      .tuple(membersOf(fc.tuple(anyText, tie('value')), 4), space)
      .map(([members, between]) => objectText(members, between)),
  ),
})).value;

const deepText = fc
  .tuple(
    fc.integer({ min: 1, max: 300 }),
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"id":1,"b":[', ']}]']),
  )
  .map(([depth, [open = '', close = '']]) => `${open.repeat(depth)}1${close.repeat(depth)}`);

export const versionText = fc.oneof(
  fc.constantFrom('2026-07-28', '2025-11-25', '2025-03-26', '2027-01-01', ''),
  anyText,
);
const methodName = fc.oneof(
  fc.constantFrom(
    'initialize',
    'tools/call',
    'tools/list',
    'server/discover',
    'notifications/cancelled',
    'ping',
    'own/method',
  ),
  anyText,
);
export const idText = fc.oneof(numberText, stringText, literal);

const metaText = fc
  .tuple(
    membersOf(
      fc.oneof(
        spelled(versionText).map((json): [string, string] => [
          'io.modelcontextprotocol/protocolVersion',
          json,
        ]),
        fc.tuple(
          fc.constantFrom('io.modelcontextprotocol/protocolVersion', 'progressToken', 'other'),
          jsonText,
        ),
      ),
      3,
    ),
    space,
  )
  .map(([members, between]) => objectText(members, between));
const paramsText = fc
  .tuple(
    membersOf(
      fc.oneof(
        metaText.map((json): [string, string] => ['_meta', json]),
        fc.tuple(
          fc.constantFrom('name', 'uri', 'requestId', 'arguments', '_meta', 'big'),
          fc.oneof(idText, jsonText),
        ),
        fc.tuple(anyText, jsonText),
      ),
      4,
    ),
    space,
  )
  .map(([members, between]) => objectText(members, between));

const messageMember: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.constant<[string, string]>(['jsonrpc', '"2.0"']),
  idText.map((json): [string, string] => ['id', json]),
  { weight: 2, arbitrary: spelled(methodName).map((json): [string, string] => ['method', json]) },
  { weight: 2, arbitrary: paramsText.map((json): [string, string] => ['params', json]) },
  fc.tuple(
    fc.constantFrom('id', 'method', 'params', 'result', 'error'),
    fc.oneof(jsonText, paramsText, deepText),
  ),
  fc.tuple(anyText, jsonText),
);

/** JSON-RPC messages, and what is nearly one. */
export const messageText: fc.Arbitrary<string> = fc
  .tuple(membersOf(messageMember), space)
  .map(([members, between]) => `${between}${objectText(members, between)}${between}`);

export const batchText = fc
  .array(fc.oneof(messageText, jsonText), { maxLength: 4 })
  .map((elements) => `[${elements.join(' , ')}]`);

const pieces = [
  '"',
  '\\',
  '\\u',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '-',
  '.',
  'e',
  'null',
  '\0',
  '\n',
  '\r',
  ' ',
  '=',
  'é',
  '\ufeff',
  '\ud83d\ude00',
];
const damage = fc.array(
  fc.record({
    place: fc.nat(),
    cut: fc.constantFrom(0, 0, 1, 2, 8),
    piece: fc.oneof(
      fc.constantFrom(...pieces).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

/** The same with bytes lost, put in, or exchanged, or cut off. */
export const damaged = (text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc.tuple(text, damage, fc.option(fc.nat(), { freq: 4 })).map(([original, changes, end]) => {
    let bytes = Buffer.from(original);
    for (const { place, cut, piece } of changes) {
      const at = place % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + cut)]);
    }
    return end === null ? bytes : bytes.subarray(0, end % (bytes.length + 1));
  });

export const anyBytes: fc.Arbitrary<Buffer> = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Buffer.from(bytes));

export const places = fc.array(fc.nat(), { maxLength: 10 });

/** Cuts bytes at these places. */
export function cutAt(bytes: Uint8Array, at: readonly number[]): Buffer[] {
  const inside = at.map((place) => place % (bytes.length + 1));
  const cuts = [0, ...inside, bytes.length].sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => Buffer.from(bytes.subarray(cuts[index], end)));
}
