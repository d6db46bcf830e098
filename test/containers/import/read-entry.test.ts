import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freeName } from '../../../electron/containers/import/free-name.ts';
import { readEntry } from '../../../electron/containers/import/read-entry.ts';
import type { Proposal, Skipped, Surroundings } from '../../../electron/containers/import/reading.ts';
import { containerName } from '../../../shared/container.ts';
import { isOn } from '../../../shared/policy.ts';

const url = 'https://mcp.example.com/mcp';
const nothing: Surroundings = { variable: () => undefined, readText: () => undefined };

function proposed(entry: unknown, around: Partial<Surroundings> = {}): Proposal {
  const reading = readEntry(entry, { ...nothing, ...around });
  expect(reading).toMatchObject({ status: 'proposed' });
  return reading as Proposal;
}

function skipped(entry: unknown, around: Partial<Surroundings> = {}): Skipped {
  const reading = readEntry(entry, { ...nothing, ...around });
  expect(reading).toMatchObject({ status: 'skipped' });
  return reading as Skipped;
}

const npx = (...args: string[]) => ({ command: 'npx', args: ['-y', 'mcp-remote', ...args] });
const signIn = { method: 'oauth', grant: 'code' };

test.each<[string, unknown]>([
  ['npx', { command: 'npx', args: ['mcp-remote', url] }],
  ['npx -y and a version', { command: 'npx', args: ['-y', 'mcp-remote@latest', url] }],
  ['npx --yes', { command: '/usr/local/bin/npx', args: ['--yes', 'mcp-remote@0.1.16', url] }],
  ['npx -p', { command: 'npx', args: ['-p', 'mcp-remote@latest', 'mcp-remote', url] }],
  ['npx on Windows', { command: 'C:\\Program Files\\nodejs\\npx.cmd', args: ['mcp-remote', url] }],
  ['cmd /c', { command: 'cmd', args: ['/c', 'npx', '-y', 'mcp-remote', url] }],
  ['cmd with one line', { command: 'cmd.exe', args: ['/C', `npx -y mcp-remote "${url}"`] }],
  ['bunx', { command: 'bunx', args: ['mcp-remote', url] }],
  ['bun x', { command: 'bun', args: ['x', 'mcp-remote', url] }],
  ['pnpm dlx', { command: 'pnpm', args: ['dlx', 'mcp-remote', url] }],
  ['yarn dlx', { command: 'yarn', args: ['dlx', 'mcp-remote', url] }],
  ['npm exec', { command: 'npm', args: ['exec', '--', 'mcp-remote', url] }],
  ['deno', { command: 'deno', args: ['run', '-A', 'npm:mcp-remote@latest', url] }],
  ['node', { command: 'node', args: ['/opt/node_modules/mcp-remote/dist/proxy.js', url] }],
  ['itself', { command: '/usr/local/bin/mcp-remote', args: [url] }],
  ['env', { command: '/usr/bin/env', args: ['npx', 'mcp-remote', url] }],
  ['one line', { command: `npx -y mcp-remote ${url}` }],
  ['an older Zed', { command: { path: 'npx', args: ['mcp-remote', url] } }],
  ['Goose', { type: 'stdio', cmd: 'npx', args: ['mcp-remote', url], envs: {} }],
])('mcp-remote is found when it is started by %s', (_how, entry) => {
  const { source, draft, secret, notes } = proposed(entry);
  expect({ source, secret, notes }).toEqual({ source: 'mcp-remote', secret: undefined, notes: [] });
  expect(draft).toMatchObject({ url, transport: 'auto', auth: signIn });
});

test.each<[string, unknown]>([
  ['another program', { command: 'npx', args: ['-y', '@example/server', url] }],
  ['one that only speaks of it', { command: 'node', args: ['server.js', 'https://x.example/mcp-remote'] }],
  ['a server made of a program', { command: 'npx', args: ['supergateway', '--stdio', 'node x'] }],
  [
    'supergateway for others',
    { command: 'npx', args: ['supergateway', '--sse', url, '--outputTransport', 'ws'] },
  ],
  ['nothing', {}],
  ['a list', [url]],
])('%s is not taken for a bridge', (_what, entry) => {
  expect(readEntry(entry, nothing)).toEqual({ status: 'other' });
});

describe('of mcp-remote', () => {
  test.each<[string, unknown, object, string | undefined]>([
    [
      'a Bearer token in a variable of the entry',
      { ...npx(url, '--header', 'Authorization:${AUTH_HEADER}'), env: { AUTH_HEADER: 'Bearer hunter2' } },
      { auth: { method: 'api_key', header: 'Authorization' } },
      'hunter2',
    ],
    [
      'a header of its own',
      npx(url, '--header', 'X-Api-Key: hunter2'),
      { auth: { method: 'api_key', header: 'X-Api-Key' } },
      'hunter2',
    ],
    ['a header before the address', npx('--header', 'X-Key:hunter2', url), { url }, 'hunter2'],
    ['the old transport', npx(url, '--transport', 'sse-only'), { transport: 'sse' }, undefined],
    ['the new transport', npx(url, '--transport', 'http-only'), { transport: 'http' }, undefined],
    [
      'a callback port and a resource',
      npx(url, '9696', '--resource', 'https://a.example/'),
      { auth: { ...signIn, callbackPort: 9696, resource: 'https://a.example/' } },
      undefined,
    ],
    [
      'a client that was registered by hand',
      {
        ...npx(url, '3334', '--static-oauth-client-info', '{"client_id":"desk","client_secret":"${S}"}'),
        env: { S: 'hunter2' },
      },
      { auth: { ...signIn, clientId: 'desk', callbackPort: 3334 } },
      'hunter2',
    ],
    [
      'a scope',
      npx(url, '--static-oauth-client-metadata', '{"scope":"a b"}'),
      { auth: { ...signIn, scope: 'a b' } },
      undefined,
    ],
    [
      'a machine',
      npx(
        ...[url, '--client-credentials', '--token-endpoint', 'https://as.example/token'],
        ...['--static-oauth-client-info', '{"client_id":"bot","client_secret":"hunter2"}'],
      ),
      { auth: { method: 'client_credentials', clientId: 'bot', tokenUrl: 'https://as.example/token' } },
      'hunter2',
    ],
    ['a device', npx(url, '--device-code'), { auth: { method: 'oauth', grant: 'device' } }, undefined],
    [
      'tools that are ignored',
      npx(url, '--ignore-tool', 'delete*', '--ignore-tool', 'drop'),
      {
        tools: [
          { deny: 'delete*', anyCase: true },
          { deny: 'drop', anyCase: true },
        ],
      },
      undefined,
    ],
    ['a limit', npx(url, '--headers-timeout', '0.5'), { timeoutSeconds: 1 }, undefined],
  ])('%s is carried over', (_what, entry, ...[draft, secret]) => {
    const proposal = proposed(entry);
    expect(proposal.draft).toMatchObject(draft);
    expect(proposal.secret?.reveal()).toBe(secret);
    expect(JSON.stringify([proposal.notes, proposal.draft])).not.toContain('hunter2');
  });

  /** As its version 0.15 has it (`patternToRegex`). */
  const ignores = (pattern: string, tool: string) =>
    new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'i').test(tool);
  const escaped = (part: string) => part.replace(/\W/g, '\\$&');

  test('no tool that it ignores is on', () => {
    const { draft, notes } = proposed(npx(url, '--ignore-tool', 'Delete_?'));
    const on = ['delete_?', 'DELETE_a', 'delete'].filter((tool) => isOn(draft.tools ?? [], tool));
    expect(on).toEqual(['delete']);
    expect(notes).toEqual([expect.stringContaining('any one character')]);
    const unit = fc.constantFrom(...['a', 'A', 's', 'S', 'ſ', 'ß', 'ẞ', 'σ', 'ς', 'İ', 'ı', '.', '?', '😀']);
    const ignored = fc
      .array(fc.oneof(fc.tuple(unit, unit), fc.constant('*' as const)), { minLength: 1, maxLength: 5 })
      .map((parts) => ({
        pattern: parts.map((each) => (each === '*' ? each : each[0])).join(''),
        tool: parts.map((each) => (each === '*' ? 'x' : each[1])).join(''),
      }))
      .filter(({ pattern, tool }) => ignores(pattern, tool));
    fc.assert(
      fc.property(ignored, ({ pattern, tool }) => {
        const rules = proposed(npx(url, '--ignore-tool', pattern)).draft.tools;
        expect(isOn(rules ?? [], tool)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('files are read where it reads them', () => {
    const files: Record<string, string> = {
      '/h': '# mine\nX-Key: hunter2\n',
      '/c': '{"client_id": "desk"}',
    };
    const around = { readText: (path: string) => files[path] };
    expect(proposed(npx(url, '--header-file', '/h'), around).secret?.reveal()).toBe('hunter2');
    expect(proposed(npx(url, '--static-oauth-client-info', '@/c'), around).draft.auth).toMatchObject({
      clientId: 'desk',
    });
    expect(skipped(npx(url, '--header-file', '/none'), around).reason).toContain('--header-file');
  });

  test('variables are those of the entry, else those of whoever imports', () => {
    const entry = { ...npx(url, '--header', 'X-Key: ${A}${B:-2}'), env: { A: '${C}' } };
    expect(skipped(entry)).toMatchObject({ missing: ['C'], reason: 'Set C, and import it again.' });
    const around = { variable: (name: string) => (name === 'C' ? 'hunter' : undefined) };
    expect(proposed(entry, around).secret?.reveal()).toBe('hunter2');
  });

  test.each<[string, Readonly<Record<string, string>>, string, string | undefined, number]>([
    [
      'both are set',
      { HOST: 'https://own.example', KEY: 'hunter2' },
      'https://own.example/mcp',
      'hunter2',
      0,
    ],
    ['the address is not', { KEY: 'hunter2' }, url, 'hunter2', 1],
    ['neither is', {}, url, undefined, 3],
  ])(
    'what stands behind :- is for variables that nobody has: %s',
    (_what, shell, ...[address, key, notes]) => {
      const entry = {
        url: '${HOST:-https://mcp.example.com}/mcp',
        headers: { 'X-Key': '${KEY:-}' },
      };
      const proposal = proposed(entry, { variable: (name) => shell[name] });
      expect(proposal.draft.url).toBe(address);
      expect(proposal.secret?.reveal()).toBe(key);
      expect(proposal.variables).toEqual(['HOST', 'KEY']);
      expect(proposal.notes).toHaveLength(notes);
    },
  );

  test.each<[string, unknown, RegExp]>([
    ['two headers', npx(url, '--header', 'X-A: 1', '--header', 'X-B: 2'), /more than one header/],
    ['another scheme', npx(url, '--header', 'Authorization: Basic aHVudGVyMg=='), /no Bearer token/],
    ['plain http', npx('http://internal.example/mcp', '--allow-http'), /http:\/\/ is for this machine/],
    ['an option of another version', npx(url, '--new'), /does not know/],
    ['what VS Code asks for', npx(url, '--header', 'X-A: ${input:key}'), /placeholder/],
    [
      'a key and a client',
      npx(url, '--header', 'X-A: 1', '--static-oauth-client-info', '{"client_id":"a"}'),
      /by one/,
    ],
    ['no JSON', npx(url, '--static-oauth-client-info', '{hunter2'), /no JSON/],
    ['docker', { command: 'docker', args: ['run', 'x', 'mcp-remote', url] }, /in a way/],
    ['no address', npx(), /not a URL/],
  ])('%s is left as it is, and said', (_what, entry, reason) => {
    const reading = skipped(entry);
    expect(reading.reason).toMatch(reason);
    expect(reading.reason).not.toContain('hunter2');
  });

  test('what is not as before is noted', () => {
    const { notes, signInProblem } = proposed({
      ...npx(url, '--debug', '--host', 'a.example', '--ipv4', '--use-id-token', '--transport', 'sse-first'),
      env: { HTTPS_PROXY: 'http://u:hunter2@proxy:1', OTHER: 'hunter2' },
    });
    expect(notes.join('\n')).toMatch(/--debug[^]*--ipv4[^]*proxy[^]*Variables/);
    expect(notes.join('\n')).not.toContain('hunter2');
    expect(signInProblem).toContain('--use-id-token');
  });
});

test.each<[string, unknown, object, string | undefined]>([
  ['streamable HTTP', ['--streamableHttp', url], { url, transport: 'http', auth: signIn }, undefined],
  ['SSE', [`--sse=${url}`, '--logLevel', 'none'], { transport: 'sse' }, undefined],
  ['a token', ['--sse', url, '--oauth2Bearer', 'hunter2'], { auth: { method: 'api_key' } }, 'hunter2'],
  ['a header', ['--sse', url, '--header', 'X-Key: hunter2'], { auth: { header: 'X-Key' } }, 'hunter2'],
])('supergateway with %s is carried over', (_what, args, ...[draft, secret]) => {
  const entry = { command: 'npx', args: ['-y', 'supergateway', ...(args as string[])] };
  const proposal = proposed(entry);
  expect(proposal).toMatchObject({ source: 'supergateway', draft });
  expect(proposal.secret?.reveal()).toBe(secret);
});

const bearer = { headers: { Authorization: 'Bearer hunter2' } };
test.each<[string, unknown, object, string | undefined]>([
  ['Cursor', { url, ...bearer }, { url, auth: { method: 'api_key' } }, 'hunter2'],
  [
    'Cursor, with a client',
    { url, auth: { CLIENT_ID: 'a', CLIENT_SECRET: 'hunter2', scopes: ['x', 'y'] } },
    { auth: { ...signIn, clientId: 'a', scope: 'x y' } },
    'hunter2',
  ],
  ['Claude Code', { type: 'sse', url, headers: { 'X-Key': '${KEY}' } }, { transport: 'sse' }, 'of the shell'],
  [
    'Claude Code, with a client',
    { type: 'http', url, oauth: { clientId: 'a', callbackPort: 8080 } },
    { auth: { clientId: 'a', callbackPort: 8080 } },
    undefined,
  ],
  ['VS Code', { type: 'http', url }, { transport: 'auto', auth: signIn }, undefined],
  ['Windsurf', { serverUrl: url, headers: { Authorization: 'Bearer ${env:KEY}' } }, { url }, 'of the shell'],
  [
    'Gemini CLI',
    { httpUrl: url, headers: { Authorization: 'Bearer $KEY' }, timeout: 5 },
    { url },
    'of the shell',
  ],
  ['Codex', { url, bearer_token_env_var: 'KEY' }, { auth: { header: 'Authorization' } }, 'of the shell'],
  [
    'Codex, with headers',
    { url, env_http_headers: { 'X-Key': 'KEY' } },
    { auth: { header: 'X-Key' } },
    'of the shell',
  ],
  [
    'Codex, with literal headers',
    { url, http_headers: { 'X-Key': 'hunter2' } },
    { auth: { header: 'X-Key' } },
    'hunter2',
  ],
  ['Codex, with a token', { url, bearer_token: 'hunter2' }, { auth: { header: 'Authorization' } }, 'hunter2'],
  ['one made of the SDK', { url, requestInit: bearer }, { auth: { header: 'Authorization' } }, 'hunter2'],
  ['Zed', { url, ...bearer }, { url }, 'hunter2'],
  ['Cline', { type: 'streamableHttp', url, headers: { 'User-Agent': 'x' } }, { auth: signIn }, undefined],
  ['LM Studio', { url, ...bearer }, { url }, 'hunter2'],
  [
    'Goose',
    { type: 'streamable_http', uri: url, headers: { 'X-Key': 'hunter2' }, envs: {} },
    { url },
    'hunter2',
  ],
])('an entry with an address of %s is carried over', (_client, entry, ...[draft, secret]) => {
  const around = { variable: (name: string) => (name === 'KEY' ? 'of the shell' : undefined) };
  const proposal = proposed(entry, around);
  expect(proposal).toMatchObject({ source: 'url', draft });
  expect(proposal.secret?.reveal()).toBe(secret);
});

test.each<[string, object, string[]]>([
  [
    'Claude Code',
    { oauth: { clientId: 'a', callbackPort: 8080, authServerMetadataUrl: 'https://as.example/m' } },
    ['redirect address: http://127.0.0.1:8080/callback', 'left out: authServerMetadataUrl.'],
  ],
  [
    'Gemini CLI',
    { oauth: { enabled: true, audiences: ['a'], redirectUri: 'http://localhost:7777/', tokenUrl: 'x' } },
    ['left out: audiences, redirectUri, tokenUrl.'],
  ],
  [
    'Cursor',
    { auth: { CLIENT_ID: 'a', scopes: ['x'] } },
    ['redirect address: http://127.0.0.1/callback, with any port'],
  ],
  ['one that has nothing to say', { oauth: { enabled: true, scopes: ['x'] } }, []],
])('what is not taken over of the OAuth settings of %s is said', (_client, settings, said) => {
  expect(proposed({ url, ...settings }).notes).toEqual(
    said.map((words) => expect.stringContaining(words) as string),
  );
});

test('what stands where the way in stands is read, or said', () => {
  const { notes } = proposed({ url, requestInit: { ...bearer, credentials: 'include' } });
  expect(notes).toEqual(['Of its requestInit, the headers alone are taken over.']);
  expect(skipped({ url, auth: 'hunter2' }).reason).toMatch(/^What it says of its way in/);
});

test('the same way to the same server is known again, and another is not', () => {
  const one = proposed(npx(url, '--header', 'Authorization: Bearer hunter2')).print;
  expect(proposed({ url, ...bearer }).print).toBe(one);
  expect(proposed({ url, headers: { Authorization: 'Bearer hunter3' } }).print).not.toBe(one);
  expect(one).not.toContain('hunter2');
});

test('whatever an entry holds, reading it throws nothing and tells no secret', () => {
  const secret = 'sk-4f0c9b-hunter2';
  const word = fc.oneof(
    fc.constantFrom(
      ...['npx', '-y', 'mcp-remote', 'supergateway', url, '--header', '--header-file', '--resource', '--sse'],
      ...[
        '--static-oauth-client-info',
        '--oauth2Bearer',
        '--ignore-tool',
        '--transport',
        '--headers-timeout',
      ],
      ...[secret, `X-Key: ${secret}`, `Authorization: Basic ${secret}`, `{"client_secret":"${secret}"}`],
      ...[
        `@/${secret}`,
        `${url}?key=${secret}`,
        `https://u:${secret}@x.example/`,
        '${A}',
        `\${input:${secret}}`,
      ],
      ...[`--${secret}`, `cmd /c mcp-remote ${secret}`, `mcp-remote ${secret}`],
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const text = fc.record({ A: word, HTTPS_PROXY: word }, { requiredKeys: [] });
  const entry = fc.oneof(
    fc.record(
      {
        command: fc.oneof(word, fc.record({ path: word, args: fc.array(word) })),
        args: fc.oneof(fc.array(word), fc.jsonValue()),
        env: fc.oneof(text, fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        url: word,
        headers: fc.oneof(
          fc.dictionary(fc.constantFrom('Authorization', 'X-A', secret), word),
          fc.jsonValue(),
        ),
        oauth: fc.oneof(fc.record({ clientId: word, clientSecret: word }), fc.jsonValue()),
        scopes: fc.jsonValue(),
        type: word,
      },
      { requiredKeys: ['url'] },
    ),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(entry, (value) => {
      const reading = readEntry(value, nothing);
      if (reading.status === 'other') return;
      const said = reading.status === 'skipped' ? [reading.reason] : [reading.notes, reading.signInProblem];
      expect(JSON.stringify(said)).not.toContain(secret);
      expect(JSON.stringify([reading.status === 'proposed' && reading.secret])).not.toContain(secret);
    }),
    { numRuns: 1_000 },
  );
});

test('a name that is taken, or is none, gives way to a free one', () => {
  expect(freeName('notes', () => false)).toBe('notes');
  expect(freeName('notes', (name) => name === 'notes' || name === 'notes-2')).toBe('notes-3');
  expect(freeName('My Notes (work)', () => false)).toBe('My-Notes-work');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (entry) => {
      expect(containerName.safeParse(freeName(entry, (name) => !name.endsWith('-2'))).success).toBe(true);
    }),
  );
});
