/** Config files as people have them, made at random, each with what its table of entries holds. */
import fc from 'fast-check';

export interface Layout {
  readonly text: string;
  readonly names: readonly string[];
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((word) => word !== 'fairlead-entry');
const names = fc.uniqueArray(name, { maxLength: 4 });
const end = fc.constantFrom('\n', '\r\n');
const bom = fc.constantFrom('', '\uFEFF');
const unit = fc.constantFrom('  ', '    ', '\t');
const remark = fc.constantFrom('', 'why', '"mcpServers": {', '[mcp_servers.x]', 'extensions: {}', 'ä 漢 😀');
const word = fc.oneof(
  fc.string(),
  fc.constantFrom('C:\\Program Files\\x', '// no', '# no', '${VAR}', '', 'yes'),
);

/** JSON with comments: blanks, comments and a trailing comma wherever it may have them. */
export const jsonLayout: fc.Arbitrary<Layout> = fc
  .record({
    names,
    end,
    bom,
    unit,
    remark,
    word,
    trailing: fc.boolean(),
    inline: fc.boolean(),
    last: fc.boolean(),
  })
  .map((own) => {
    const { end: eol, unit: indent, inline } = own;
    const comment = own.remark === '' || inline ? '' : ` // ${own.remark}`;
    const block = own.remark === '' ? '' : `/* ${own.remark.replaceAll('*/', '')} */ `;
    const tail = own.trailing && own.names.length > 0 ? ',' : '';
    const value = JSON.stringify({ command: own.word, args: [own.word] });
    const members = own.names.map((each) => `${block}"${each}": ${value}`);
    const table = inline
      ? `{${members.length === 0 ? '' : ' '}${members.join(', ')}${tail}}`
      : members.length === 0
        ? '{}'
        : `{${comment}${eol}${members.map((each) => indent + indent + each).join(`,${comment}${eol}`)}${tail}${comment}${eol}${indent}}`;
    const whole = [
      `"other": ${JSON.stringify(own.word)}`,
      `"mcpServers": ${table}`,
      '"deep": {"mcpServers": {}}',
    ];
    const body = `{${eol}${indent}${whole.join(`,${comment}${eol}${indent}`)}${comment}${eol}}`;
    return { text: own.bom + body + (own.last ? eol : ''), names: own.names };
  });

const trivia = fc.constantFrom(
  '',
  ' ',
  '\n',
  '\r\n\t',
  ' // a, "b": {\n',
  '/* , } */',
  '\n  // x\n  ',
  ' /* y\n */ ',
);

const inOneLine = fc.constantFrom('', ' ', '\t', '/* , } */', ' /* {"b": */ ');

/** JSON with blanks and comments in every place that may have them, as nobody would write it; all in one line, too. */
export const wildJsonLayout: fc.Arbitrary<Layout> = fc
  .record({
    names,
    trailing: fc.boolean(),
    gaps: fc.oneof(...[trivia, inOneLine].map((gap) => fc.array(gap, { minLength: 60, maxLength: 60 }))),
  })
  .map(({ names: own, trailing, gaps }) => {
    let used = 0;
    const spaced = (tokens: readonly string[]) =>
      tokens.map((token) => `${token}${gaps[used++ % gaps.length]!}`).join('');
    const entries = own.flatMap((each, at) => [
      ...(at === 0 ? [] : [',']),
      `"${each}"`,
      ':',
      '{',
      '"url"',
      ':',
      '1',
      '}',
    ]);
    const last = trailing && own.length > 0 ? [','] : [];
    const tokens = [
      '',
      '{',
      '"o"',
      ':',
      '[',
      '1',
      ']',
      ',',
      '"mcpServers"',
      ':',
      '{',
      ...entries,
      ...last,
      '}',
      '}',
    ];
    return { text: spaced(tokens), names: own };
  });

/** TOML with tables before, between and after the entries. */
export const tomlLayout: fc.Arbitrary<Layout> = fc
  .record({ names, end, bom, remark, word, blank: fc.boolean(), last: fc.boolean(), nested: fc.boolean() })
  .map((own) => {
    const quoted = JSON.stringify(own.word).replaceAll('\u007f', '\\u007f');
    const comment = own.remark === '' ? '' : ` # ${own.remark}`;
    const tables = own.names.flatMap((each) => [
      ...(own.blank ? [''] : []),
      `# about ${each}`,
      `[mcp_servers.${each}]${comment}`,
      `command = ${quoted}`,
      'args = [',
      `  "a",${comment}`,
      ']',
      ...(own.nested ? [`[mcp_servers.${each}.env]`, `A = ${quoted}`] : []),
    ]);
    const lines = [
      `model = "x"${comment}`,
      '',
      '[other]',
      `a = ${quoted}`,
      ...tables,
      ...(own.blank ? ['', '[z]'] : []),
    ];
    return { text: own.bom + lines.join(own.end) + (own.last ? own.end : ''), names: own.names };
  });

/** YAML with comments and block scalars about. */
export const yamlLayout: fc.Arbitrary<Layout> = fc
  .record({ names, end, bom, remark, word, after: fc.boolean(), last: fc.boolean(), wide: fc.boolean() })
  .map((own) => {
    const comment = own.remark === '' ? '' : ` # ${own.remark}`;
    const indent = own.wide ? '    ' : '  ';
    const entries = own.names.flatMap((each) => [
      `${indent}# about ${each}`,
      `${indent}"${each}":${comment}`,
      `${indent}  cmd: ${JSON.stringify(own.word)}${comment}`,
      `${indent}  description: |`,
      `${indent}    two`,
      '',
      `${indent}    lines`,
      `${indent}# of ${each}`,
    ]);
    const lines = [
      '# goose',
      `GOOSE_MODEL: ${JSON.stringify(own.word)}`,
      `extensions:${entries.length === 0 ? ' {}' : ''}${comment}`,
      ...entries,
      ...(own.after ? ['z:', '- 1'] : []),
    ];
    return { text: own.bom + lines.join(own.end) + (own.last ? own.end : ''), names: own.names };
  });
