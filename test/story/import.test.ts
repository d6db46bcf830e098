import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as forward, type RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AuditLine } from '../../shared/audit.ts';
import type { ImportReport } from '../../shared/import-control.ts';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorization-server.ts';
import { filesIn, textIn } from '../support/canary.ts';
import { connectConfigured, type ConfigEntry } from '../support/configured-client.ts';
import { startEverythingServer, type EverythingServer } from '../support/everything-server.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { browserProgram, startProtectedContainer } from '../support/sign-in-rig.ts';
import { startWebServer } from '../support/web-server.ts';

const secret = 'sk-import-7c1f-hunter2';

let http: EverythingServer;
let sse: EverythingServer;
let issuer: AuthorizationServer;
beforeAll(async () => {
  const clients = [
    {
      client_id: 'desk',
      client_secret: secret,
      application_type: 'native' as const,
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
    {
      client_id: 'robot',
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ];
  [http, sse, issuer] = await Promise.all([
    startEverythingServer('streamableHttp'),
    startEverythingServer('sse'),
    startAuthorizationServer({ clients }),
  ]);
});
afterAll(async () => {
  await Promise.all([http, sse, issuer].map((each) => each[Symbol.asyncDispose]()));
});

/** Hands everything on to another server. */
function before({ url }: EverythingServer): RequestListener {
  return (incoming, response) => {
    const { method, headers, url: path = '/' } = incoming;
    const onward = forward(
      new URL(path, url),
      { method, headers: { ...headers, host: url.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
}

/** Lets in who sends this header. */
async function guarded(server: EverythingServer, header: string, value: string): Promise<string> {
  const onward = before(server);
  const web = await startWebServer((incoming, response) => {
    if (incoming.headers[header] === value) onward(incoming, response);
    else response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
  });
  onTestFinished(() => web[Symbol.asyncDispose]());
  return new URL(server.url.pathname, web.url).href;
}

/** Lets in who has signed in. */
async function signedIn(): Promise<string> {
  return (await startProtectedContainer(issuer, before(http))).url.href;
}

type Entries = Record<string, ConfigEntry>;

function write(path: string, entries: object): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `{\n  // mine\n  "mcpServers": ${JSON.stringify(entries, undefined, 4)}\n}\n`);
  return path;
}

function entriesIn(path: string): Entries {
  const text = readFileSync(path, 'utf8').replace('// mine', '');
  return (JSON.parse(text) as { mcpServers: Entries }).mcpServers;
}

function open(): Profile {
  const profile = openProfile({ FAIRLEAD_BROWSER: browserProgram });
  onTestFinished(() => profile[Symbol.asyncDispose]());
  return profile;
}

async function toolsThrough(entry: ConfigEntry, profile: Profile): Promise<string[]> {
  const client = await connectConfigured(entry, profile);
  try {
    return (await client.listTools()).tools.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

test(
  'mcp-remote entries of twelve kinds become containers, and each lists its tools',
  { timeout: 180_000 },
  async () => {
    const profile = open();
    const file = join(profile.home, 'header.txt');
    writeFileSync(file, `# mine\nX-Api-Key: ${secret}\n`);
    const [bearer, key, inFile] = await Promise.all([
      guarded(http, 'authorization', `Bearer ${secret}`),
      guarded(sse, 'x-api-key', secret),
      guarded(http, 'x-api-key', secret),
    ]);
    const [dynamic, registered, resource, machine] = [
      await signedIn(),
      await signedIn(),
      await signedIn(),
      await signedIn(),
    ];
    const info = (id: string) => `{"client_id":"${id}","client_secret":"\${SECRET}"}`;
    const entries = {
      plain: { command: 'npx', args: ['-y', 'mcp-remote', http.url.href] },
      older: { command: 'npx', args: ['mcp-remote@latest', sse.url.href, '--transport', 'sse-only'] },
      bun: {
        command: 'bunx',
        args: ['mcp-remote', http.url.href.replace('127.0.0.1', 'localhost'), '--allow-http', '--debug'],
      },
      bearer: {
        command: 'npx',
        args: ['mcp-remote', bearer, '--header', 'Authorization:${AUTH}', '--transport', 'http-only'],
        env: { AUTH: `Bearer ${secret}` },
        autoApprove: ['echo'],
      },
      'of the shell': { command: 'npx', args: ['mcp-remote', key, '--header', 'X-Api-Key: ${IMPORT_KEY}'] },
      windows: {
        command: 'cmd',
        args: ['/c', 'npx', 'mcp-remote', key, '--header', `X-Api-Key:${secret}`, '--transport', 'sse-first'],
      },
      'in a file': { command: 'npx', args: ['mcp-remote', inFile, '--header-file', file] },
      quiet: {
        command: 'node',
        args: ['/opt/mcp-remote/dist/proxy.js', http.url.href, '--ignore-tool', 'Ech*', '--silent'],
      },
      dynamic: { command: 'npx', args: ['mcp-remote', dynamic] },
      registered: {
        command: 'npx',
        args: ['mcp-remote', registered, '--static-oauth-client-info', info('desk')],
        env: { SECRET: secret },
      },
      resource: {
        command: 'pnpm',
        args: ['dlx', 'mcp-remote', resource, '--resource', resource],
      },
      machine: {
        command: 'npx',
        args: ['mcp-remote', machine, '--client-credentials', '--static-oauth-client-info', info('robot')],
        env: { SECRET: secret },
      },
    };
    const desktop = write(join(profile.home, '.config/Claude/claude_desktop_config.json'), {
      ...entries,
      local: { command: 'npx', args: ['-y', '@example/server'], env: { KEY: `other ${secret}` } },
    });
    const text = readFileSync(desktop, 'utf8');
    const env = { IMPORT_KEY: secret };

    const dry = await profile.run(['import', '--dry-run'], { env });
    expect(dry).toMatchObject({ status: 0, stderr: '' });
    expect(dry.stdout).toMatch(/^- .*"\[secret\]"/m);
    expect(dry.stdout).toMatch(/^\+ .*stdio\.cjs/m);
    expect(dry.stdout).not.toContain(secret);
    expect(readFileSync(desktop, 'utf8')).toBe(text);
    expect((await profile.run(['list', '--json'])).stdout.trim()).toBe('[]');

    const done = await profile.run(['import'], { env });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout).not.toContain(secret);
    const now = entriesIn(desktop);
    expect(now['bearer']).toMatchObject({ autoApprove: ['echo'] });
    expect(now['bearer']?.env).toEqual({ FAIRLEAD_HOME: profile.home });
    expect(now['local']?.env).toEqual({ KEY: `other ${secret}` });
    for (const name of ['dynamic', 'registered', 'resource'])
      expect(await profile.run(['auth', name])).toMatchObject({ status: 0 });
    for (const name of Object.keys(entries)) {
      const tools = await toolsThrough(now[name]!, profile);
      expect({ [name]: tools.includes('get-sum') }).toEqual({ [name]: true });
      expect(tools.includes('echo')).toBe(name !== 'quiet');
    }
    // Two entries lead to one server with one key.
    expect(now['windows']?.args).toEqual(now['of the shell']?.args);

    const config = filesIn(profile.home).filter((path) => textIn(path).includes(secret));
    const backup = join(profile.home, 'backups', 'claude-desktop');
    // What the person has written themselves, and what is kept for the undo.
    expect(config.sort()).toEqual([desktop, backup, file].sort());
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    const again = JSON.parse((await profile.run(['import', '--json'])).stdout) as ImportReport;
    expect(again).toEqual({ entries: [], changes: [], failed: [] });
    const lines = JSON.parse((await profile.run(['audit', '--json'])).stdout) as AuditLine[];
    expect(lines.filter((line) => line.kind === 'client_config' && line.change === 'imported')).toHaveLength(
      12,
    );

    expect((await profile.run(['connect', '--undo', '--client', 'claude-desktop'])).status).toBe(0);
    expect(readFileSync(desktop, 'utf8')).toBe(text);
  },
);

test(
  'one server in two clients becomes one container, and what cannot be taken over is said and stays',
  { timeout: 90_000 },
  async () => {
    const profile = open();
    const bearer = await guarded(http, 'authorization', `Bearer ${secret}`);
    await profile.run(['add', 'notes', http.url.href, '--auth', 'none', '--no-probe']);
    const remote = { url: bearer, headers: { Authorization: `Bearer ${secret}` } };
    const cursor = write(join(profile.home, '.cursor', 'mcp.json'), {
      notes: remote,
      two: { url: bearer, headers: { 'X-A': secret, 'X-B': secret } },
      wrong: { url: bearer, headers: { 'X-A': secret } },
      gone: { url: 'http://127.0.0.1:9/mcp' },
      unset: { url: bearer, headers: { 'X-A': '${env:NOT_SET_ANYWHERE}' } },
      open: { url: http.url.href },
      // The shell's address goes with the shell's key, and what stands behind `:-` with neither.
      elsewhere: {
        url: '${ELSEWHERE:-http://127.0.0.1:9/mcp}',
        headers: { Authorization: 'Bearer ${TOKEN}' },
      },
    });
    const codex = join(profile.home, '.codex', 'config.toml');
    mkdirSync(dirname(codex));
    writeFileSync(
      codex,
      `[mcp_servers.mine]\nurl = "${bearer}"\nbearer_token_env_var = "TOKEN"\nenabled = true\n`,
    );
    const goose = join(profile.home, '.config', 'goose', 'config.yaml');
    mkdirSync(dirname(goose), { recursive: true });
    writeFileSync(goose, 'extensions: [\n');

    const finished = await profile.run(['import', '--json'], { env: { TOKEN: secret, ELSEWHERE: bearer } });
    expect(finished.status).toBe(1);
    expect(finished.stderr).toMatch(/^fairlead: Goose: [^\n]+\n$/);
    expect(finished.stdout).not.toContain(secret);
    const { entries, failed } = JSON.parse(finished.stdout) as ImportReport;
    expect(failed).toMatchObject([{ client: 'goose', error: { code: 'client_config_invalid' } }]);
    const by = Object.fromEntries(entries.map((each) => [each.entry, each]));
    expect(by['notes']).toMatchObject({ container: { name: 'notes-2', shared: false } });
    expect(by['mine']).toMatchObject({ client: 'codex', container: { name: 'notes-2', shared: true } });
    expect(by['open']).toMatchObject({
      container: { name: 'notes', shared: true, auth: { method: 'none' } },
    });
    expect(by['two']?.reason).toContain('more than one header');
    expect(by['wrong']?.reason).toContain('does not let Fairlead in');
    expect(by['gone']?.reason).toContain('could not be asked');
    expect(by['elsewhere']).toMatchObject({
      container: { name: 'notes-2', shared: true },
      variables: ['ELSEWHERE', 'TOKEN'],
    });
    expect(by['unset']).toMatchObject({ missing: ['NOT_SET_ANYWHERE'] });
    expect(entriesIn(cursor)['two']).toEqual({ url: bearer, headers: { 'X-A': secret, 'X-B': secret } });
    expect(readFileSync(codex, 'utf8')).toMatch(
      /^\[mcp_servers\.mine\]\ncommand = .*\nargs = .*"notes-2"\]\nenv = .*\nenabled = true\n$/,
    );
    expect(await toolsThrough(entriesIn(cursor)['notes']!, profile)).toContain('echo');

    // With the same key again, by another client, later.
    write(join(profile.home, '.lmstudio', 'mcp.json'), { later: remote });
    const later = JSON.parse(
      (await profile.run(['import', '--client', 'lm-studio', '--json'])).stdout,
    ) as ImportReport;
    expect(later.entries).toMatchObject([{ container: { name: 'notes-2', shared: true } }]);
    expect(await profile.run(['connect', '--forget-undo', '--client', 'lm-studio'])).toMatchObject({
      status: 0,
    });
    expect(await profile.run(['connect', '--undo', '--client', 'lm-studio'])).toMatchObject({ status: 1 });
    expect(await profile.run(['import', '--client', 'emacs'])).toMatchObject({ status: 2, stdout: '' });
  },
);
