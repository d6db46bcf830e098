import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRegistry } from '../../electron/containers/registry.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import type { Container } from '../../shared/container.ts';
import type { ContainerRow } from '../../shared/platform-api.ts';
import { issuer, row } from '../support/account-rows.ts';

function openRegistry() {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const paths = profilePaths({ FAIRLEAD_HOME: join(folder, 'home') });
  return { paths, registry: createRegistry({ paths }) };
}

function container(name: string, more: Partial<Container> = {}): Container {
  return {
    name,
    url: 'https://host.example/mcp',
    transport: 'auto',
    auth: { method: 'none' },
    tls: {},
    timeoutSeconds: 120,
    ...more,
  };
}

const thrownBy = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

test('gives back what was added, also to the next core', () => {
  const { registry, paths } = openRegistry();
  const full = container('a.b-c_1', {
    auth: { method: 'api_key', header: 'X-Key' },
    tls: { ca: '/ca.pem', pins: [`sha256/${'A'.repeat(43)}=`] },
    account: 'me',
    timeoutSeconds: 5,
  });
  registry.add(container('first'));
  registry.add(full);
  expect(registry.list()).toEqual([container('first'), full]);
  expect(createRegistry({ paths }).get('a.b-c_1')).toEqual(full);
});

test('what a file says that was not valid at first is told once it is', () => {
  const { registry, paths } = openRegistry();
  mkdirSync(paths.home);
  writeFileSync(paths.config, '{');
  expect(thrownBy(() => registry.list())).toMatchObject({ code: 'config_invalid' });
  let told = 0;
  registry.onChange(() => (told += 1));
  writeFileSync(paths.config, JSON.stringify({ paused: { since: 1, by: 'window' } }));
  expect(registry.paused()).toMatchObject({ by: 'window' });
  expect(told).toBe(1);
});

test('is for this user alone', () => {
  const { registry, paths } = openRegistry();
  registry.add(container('a'));
  expect(statSync(paths.home).mode & 0o777).toBe(0o700);
  expect(statSync(paths.config).mode & 0o777).toBe(0o600);
});

test('names that objects have of their own are names like any other', () => {
  const { registry } = openRegistry();
  expect(registry.get('constructor')).toBeUndefined();
  registry.add(container('constructor'));
  expect(registry.list().map(({ name }) => name)).toEqual(['constructor']);
});

test('refuses a name that is taken and one that is unknown', () => {
  const { registry } = openRegistry();
  registry.add(container('a'));
  expect(thrownBy(() => registry.add(container('a')))).toMatchObject({ code: 'container_exists' });
  expect(thrownBy(() => registry.remove('b'))).toMatchObject({ code: 'container_unknown' });
  expect(thrownBy(() => registry.named('\u001b[2J'))).toMatchObject({
    message: 'There is no container named "??2J".',
  });
});

test('forgets what is removed and tells of each change', () => {
  const { registry } = openRegistry();
  let changes = 0;
  const end = registry.onChange(() => (changes += 1));
  registry.add(container('a'));
  expect(registry.remove('a')).toEqual(container('a'));
  expect(registry.list()).toEqual([]);
  expect(changes).toBe(2);
  end();
  registry.add(container('b'));
  expect(changes).toBe(2);
});

test('notices what a person writes into the file', () => {
  const { registry, paths } = openRegistry();
  registry.add(container('a'));
  let changes = 0;
  registry.onChange(() => (changes += 1));
  writeFileSync(
    paths.config,
    '{"containers": {"b": {"url": "https://b.example/mcp", "auth": {"method": "api_key"}}}}',
  );
  expect(registry.list()).toEqual([
    container('b', { url: 'https://b.example/mcp', auth: { method: 'api_key', header: 'Authorization' } }),
  ]);
  expect(changes).toBe(1);
});

test('keeps the members that it does not know', () => {
  const { registry, paths } = openRegistry();
  registry.add(container('a'));
  const config = JSON.parse(readFileSync(paths.config, 'utf8')) as {
    containers: { a: object };
    later?: object;
  };
  config.containers.a = { ...config.containers.a, note: 'mine' };
  config.later = { x: [1] };
  writeFileSync(paths.config, JSON.stringify(config));
  registry.add(container('b'));
  registry.remove('b');
  expect(JSON.parse(readFileSync(paths.config, 'utf8'))).toEqual(config);
});

test.each([
  ['not JSON', '{"containers": {', /config\.json is not a JSON object/],
  ['empty', '', /config\.json is not a JSON object/],
  ['a list', '[]', /config\.json is not a JSON object/],
  ['no record', '{"containers": 1}', /at containers:/],
  ['a bad name', '{"containers": {"a b": {}}}', /at containers\.a b:/],
  [
    'plain http elsewhere',
    '{"containers": {"a": {"url": "http://b.example/", "auth": {"method": "none"}}}}',
    /at containers\.a\.url: Plain http/,
  ],
  [
    'a mistyped TLS setting',
    '{"containers": {"a": {"url": "https://b.example/", "auth": {"method": "none"}, "tls": {"pin": []}}}}',
    /at containers\.a\.tls:/,
  ],
  [
    'half a client certificate',
    '{"containers": {"a": {"url": "https://b.example/", "auth": {"method": "none"}, "tls": {"cert": "/c"}}}}',
    /at containers\.a\.tls: .*--key/,
  ],
])('refuses a file that is %s, and leaves it as it is', (_what, text, why) => {
  const { registry, paths } = openRegistry();
  registry.add(container('a'));
  writeFileSync(paths.config, text);
  for (const act of [() => registry.list(), () => registry.add(container('c')), () => registry.remove('a')]) {
    expect(thrownBy(act)).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(why) as string,
    });
  }
  expect(readFileSync(paths.config, 'utf8')).toBe(text);
});

test('works again once the file is mended', () => {
  const { registry, paths } = openRegistry();
  registry.add(container('a'));
  const good = readFileSync(paths.config, 'utf8');
  writeFileSync(paths.config, '{');
  expect(thrownBy(() => registry.list())).toMatchObject({ code: 'config_invalid' });
  writeFileSync(paths.config, good);
  expect(registry.list()).toEqual([container('a')]);
});

const rows = (...all: ContainerRow[]) => ({ issuer, rows: all, authorities: {} });
const pin = `sha256/${'A'.repeat(43)}=`;
const byPlatform = { method: 'platform_token', issuer } as const;

test('the platform’s containers stand beside those added by hand, each reached and entered in its way', () => {
  const { registry, paths } = openRegistry();
  registry.add(container('mine'));
  const config = readFileSync(paths.config, 'utf8');
  let changes = 0;
  registry.onChange(() => (changes += 1));
  registry.showPlatform({
    ...rows(
      row('box', { type: 'hosted', mcp_endpoint: 'container_box:3100', auth_method: 'mtls' }),
      row('token', { public_key_fingerprint: pin }),
      row('mutual', { auth_method: 'mtls' }),
      row('key', { auth_method: 'api_key' }),
    ),
    authorities: { container_mutual: '/ca.pem' },
  });
  expect(changes).toBe(1);
  const of = (name: string, type: 'hosted' | 'external', more: Partial<Container>) =>
    container(name, {
      url: `https://${name}.example/mcp`,
      platform: { id: `container_${name}`, type },
      ...more,
    });
  expect(registry.list()).toEqual([
    container('mine'),
    of('box', 'hosted', { url: `${issuer}/api/v1/c/container_box/mcp`, auth: byPlatform }),
    of('token', 'external', { auth: byPlatform, tls: { pins: [pin] } }),
    of('mutual', 'external', { tls: { ca: '/ca.pem', clientCertificate: 'platform' } }),
    of('key', 'external', { auth: { method: 'api_key', header: 'Authorization' } }),
  ]);
  expect(registry.named('box').platform?.id).toBe('container_box');
  expect(readFileSync(paths.config, 'utf8')).toBe(config);
  registry.showPlatform(undefined);
  expect(registry.list()).toEqual([container('mine')]);
});

test('a name that is the person’s own stays theirs', () => {
  const { registry } = openRegistry();
  registry.showPlatform(rows(row('notes'), row('notes-platform'), row('files')));
  expect(thrownBy(() => registry.add(container('notes')))).toMatchObject({
    code: 'container_exists',
    help: expect.stringContaining('platform rename') as string,
  });
  const byHand = openRegistry();
  byHand.registry.add(container('notes'));
  byHand.registry.showPlatform(rows(row('notes'), row('notes-platform'), row('files')));
  const named = Object.fromEntries(byHand.registry.list().map(({ name, platform }) => [name, platform?.id]));
  expect(named).toEqual({
    notes: undefined,
    'notes-platform': 'container_notes-platform',
    files: 'container_files',
    'notes-platform-2': 'container_notes',
  });
  const long = 'n'.repeat(63);
  byHand.registry.add(container(long));
  byHand.registry.showPlatform(rows(row(long)));
  expect(byHand.registry.get(`${'n'.repeat(54)}-platform`)?.platform?.id).toBe(`container_${long}`);
});

test('what breaks a rule is left out', () => {
  const { registry } = openRegistry();
  registry.showPlatform(
    rows(
      row('a b'),
      row('plain', { mcp_endpoint: 'http://elsewhere.example/mcp' }),
      row('secret', { mcp_endpoint: 'https://user:password@elsewhere.example/mcp' }),
      row('inside', { mcp_endpoint: 'internal:3100' }),
      row('unpinned', { public_key_fingerprint: 'md5/x' }),
      row('astray', { type: 'hosted', id: '..' }),
      row('fine'),
    ),
  );
  expect(registry.list().map(({ name }) => name)).toEqual(['fine']);
});

test('one of the platform’s is changed there', () => {
  const { registry } = openRegistry();
  registry.showPlatform(rows(row('notes')));
  for (const act of [() => registry.remove('notes'), () => registry.replace(container('notes'))])
    expect(thrownBy(act)).toMatchObject({
      code: 'usage',
      help: expect.stringContaining('fairlead platform remove notes') as string,
    });
});

test('keeps what clients may have of a container beside it, and what a later version says there', () => {
  const { registry, paths } = openRegistry();
  const a = container('a');
  registry.add(a);
  expect(registry.policyOf(a)).toEqual({});
  registry.setPolicy(a, { tools: [{ deny: 'x' }], programs: { zed: [{ allow: 'x' }] } });
  const written = JSON.parse(readFileSync(paths.config, 'utf8')) as { policies: Record<string, object> };
  writeFileSync(
    paths.config,
    JSON.stringify({ ...written, policies: { a: { ...written.policies['a'], later: 1 } } }),
  );
  expect(registry.policyOf(a)).toEqual({ tools: [{ deny: 'x' }], programs: { zed: [{ allow: 'x' }] } });
  let told = 0;
  registry.onChange(() => {
    told += 1;
  });
  registry.setPolicy(a, { tools: [{ deny: 'y' }] });
  expect(told).toBe(1);
  expect(createRegistry({ paths }).policyOf(a)).toEqual({ tools: [{ deny: 'y' }] });
  expect(readFileSync(paths.config, 'utf8')).toContain('"later"');
  registry.setPolicy(a, undefined);
  expect(readFileSync(paths.config, 'utf8')).not.toContain('"later"');
  registry.setPolicy(a, undefined);
  expect(told).toBe(2);
});

test("one of the account's keeps its policy under another name, and shares it with no namesake", () => {
  const { registry } = openRegistry();
  registry.add(container('notes'));
  registry.showPlatform({ issuer, rows: [row('notes', { id: 'c1' })], authorities: {} });
  registry.setPolicy(registry.named('notes-platform'), { tools: [{ deny: 'x' }] });
  expect(registry.policyOf(registry.named('notes'))).toEqual({});
  registry.showPlatform({ issuer, rows: [row('renamed', { id: 'c1' })], authorities: {} });
  expect(registry.policyOf(registry.named('renamed'))).toEqual({ tools: [{ deny: 'x' }] });
});

test('refuses rules that are none, and changes nothing', () => {
  const { registry, paths } = openRegistry();
  registry.add(container('a'));
  const written = JSON.parse(readFileSync(paths.config, 'utf8')) as object;
  const broken = { ...written, policies: { a: { tools: ['x'] } } };
  writeFileSync(paths.config, JSON.stringify(broken));
  expect(thrownBy(() => registry.policyOf(container('a')))).toMatchObject({ code: 'config_invalid' });
  expect(JSON.parse(readFileSync(paths.config, 'utf8'))).toEqual(broken);
});
