import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Who may import whom (docs/path.md). Every import of every source file is held against these rules. */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

interface Import {
  readonly from: string;
  /** A file of ours relative to the project's root, or a package's name. */
  readonly to: string;
  readonly ours: boolean;
}

const sources = ['electron', 'shared', 'renderer', 'demo'].flatMap((folder) =>
  filesBelow(join(root, folder)),
);
const imports = sources.flatMap(importsOf);

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const from = relative(root, file).split(sep).join('/');
  return [...text.matchAll(/(?:\bfrom|\bimport\(?|^import)\s*'([^']+)'/gm)].map(([, specifier = '']) => {
    const ours = specifier.startsWith('.');
    const to = ours
      ? relative(root, resolve(dirname(file), specifier))
          .split(sep)
          .join('/')
      : specifier;
    return { from, to, ours };
  });
}

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Those of the desktop's and the renderer's files that have it in them. */
function filesWith(what: RegExp): string[] {
  return sources
    .map((file) => relative(root, file).split(sep).join('/'))
    .filter((file) => /^(electron\/(main\.ts|desktop\/)|renderer\/)/.test(file) && what.test(textOf(file)));
}

/** `electron/socket/join.ts` → `electron/socket`; an entry is its own room. */
function roomOf(file: string): string {
  const [top = '', second = '', ...rest] = file.split('/');
  if (top !== 'electron') return top;
  return rest.length === 0 ? file : `${top}/${second}`;
}

/** What a stop shows to the one before it. */
const interfaces = new Set([
  'electron/session/client-channel.ts',
  'electron/session/observer.ts',
  'electron/upstream/conversation.ts',
  'electron/credentials/broker.ts',
  'electron/credentials/exchange.ts',
]);

const wireProtocol = new Set([
  'electron/socket/batched-writes.ts',
  'electron/socket/connection.ts',
  'electron/socket/frames.ts',
  'electron/socket/join.ts',
  'electron/socket/opening.ts',
]);

const stops = [
  'electron/stdio',
  'electron/socket',
  'electron/session',
  'electron/upstream',
  'electron/credentials',
];

const offenders = (offends: (each: Import) => boolean) =>
  imports.filter(offends).map(({ from, to }) => `${from} imports ${to}`);

test('finds the project’s imports', () => {
  expect(imports.length).toBeGreaterThan(200);
  expect(imports).toContainEqual({
    from: 'electron/stdio/endpoint.ts',
    to: 'electron/socket/join.ts',
    ours: true,
  });
});

test('a stop imports at most the interface of the next one, and nothing backward', () => {
  expect(
    offenders(({ from, to, ours }) => {
      const here = stops.indexOf(roomOf(from));
      const there = stops.indexOf(roomOf(to));
      if (!ours || here < 0 || there < 0 || here === there) return false;
      if (here === 0) return !wireProtocol.has(to);
      return there !== here + 1 || !interfaces.has(to);
    }),
  ).toEqual([]);
});

test('the endpoint is made of its own files, the wire protocol and the shape of a message', () => {
  const contracts = new Set(['shared/errors.ts', 'shared/envelope.ts']);
  expect(
    offenders(
      ({ from, to, ours }) =>
        roomOf(from) === 'electron/stdio' &&
        (ours
          ? roomOf(to) !== 'electron/stdio' && !wireProtocol.has(to) && !contracts.has(to)
          : !to.startsWith('node:')),
    ),
  ).toEqual([]);
});

test('runtime/ and shared/ import nothing of ours but themselves', () => {
  expect(
    offenders(
      ({ from, to, ours }) =>
        ours && ['electron/runtime', 'shared'].includes(roomOf(from)) && roomOf(to) !== roomOf(from),
    ),
  ).toEqual([]);
});

test('shared/ needs neither Node nor a browser', () => {
  expect(offenders(({ from, to, ours }) => roomOf(from) === 'shared' && !ours && to !== 'zod')).toEqual([]);
});

test('the stops know nothing of the commands, the control API, or who assembles them', () => {
  const above = [
    ...['electron/core', 'electron/control', 'electron/commands', 'electron/desktop', 'demo', 'renderer'],
  ];
  expect(
    offenders(
      ({ from, to, ours }) =>
        ours &&
        [...stops, 'electron/containers', 'electron/platform', 'electron/runtime'].includes(roomOf(from)) &&
        (above.includes(roomOf(to)) || /^electron\/[a-z]+\.ts$/.test(to)),
    ),
  ).toEqual([]);
});

test('platform/ is given its requests, and knows of the broker no more than its interface', () => {
  const within = ['shared', 'electron/runtime', 'electron/platform'];
  expect(
    offenders(
      ({ from, to, ours }) =>
        ours && roomOf(from) === 'electron/platform' && !within.includes(roomOf(to)) && !interfaces.has(to),
    ),
  ).toEqual([]);
});

test('clients/ stands by itself, and the commands, the desktop and the core’s control use it', () => {
  const within = ['shared', 'electron/runtime', 'electron/clients'];
  const users = ['electron/clients', 'electron/control', 'electron/commands', 'electron/desktop'];
  expect(
    offenders(
      ({ from, to, ours }) =>
        ours &&
        ((roomOf(from) === 'electron/clients' && !within.includes(roomOf(to))) ||
          (roomOf(to) === 'electron/clients' && !users.includes(roomOf(from)))),
    ),
  ).toEqual([]);
});

test('the commands stand as far from the core as the desktop does', () => {
  const within = ['shared', 'electron/runtime', 'electron/socket', 'electron/clients', 'electron/commands'];
  const fromControl = new Set(
    ['client', 'audit-log', 'audit-verify', 'diagnostics-contents', 'log-store'].map(
      (name) => `electron/control/${name}.ts`,
    ),
  );
  expect(
    offenders(
      ({ from, to, ours }) =>
        ours &&
        roomOf(from) === 'electron/commands' &&
        !within.includes(roomOf(to)) &&
        !fromControl.has(to) &&
        to !== 'electron/containers/options.ts',
    ),
  ).toEqual([]);
  expect(
    offenders(
      ({ from, to }) =>
        roomOf(to) === 'electron/commands' &&
        !['electron/cli.ts', 'electron/commands', 'demo'].includes(roomOf(from)),
    ),
  ).toEqual([]);
});

test('each library has one owner', () => {
  const owners: [library: RegExp, owner: RegExp][] = [
    [/^electron($|\/)/, /^electron\/(main\.ts|desktop\/)/],
    [/^electron-(store|updater)$/, /^electron\/desktop\//],
    [/^(openid-client|oauth4webapi|@github\/keytar)($|\/)/, /^electron\/credentials\//],
    [/^undici($|\/)/, /^electron\/upstream\//],
    [/^conf$/, /^electron\/containers\//],
    [/^(jsonc-parser|toml-eslint-parser|diff)$/, /^electron\/clients\//],
    [/^yaml$/, /^(electron\/clients|demo)\//],
    [/^(react|radix-ui|lucide-react|@tanstack\/)/, /^renderer\//],
  ];
  expect(
    offenders(
      ({ from, to, ours }) =>
        !ours && owners.some(([library, owner]) => library.test(to) && !owner.test(from)),
    ),
  ).toEqual([]);
});

test('the renderer reaches the rest by the bridge alone', () => {
  expect(
    offenders(
      ({ from, to, ours }) =>
        ours && roomOf(from) === 'renderer' && !['renderer', 'shared'].includes(roomOf(to)),
    ),
  ).toEqual([]);
});

test('the desktop is one more client of the core: it knows neither MCP nor credentials', () => {
  const within = ['shared', 'electron/runtime', 'electron/socket', 'electron/clients', 'electron/desktop'];
  const fromControl = new Set(
    ['client', 'audit-log', 'diagnostics-contents'].map((name) => `electron/control/${name}.ts`),
  );
  expect(
    offenders(
      ({ from, to, ours }) =>
        ours &&
        (roomOf(from) === 'electron/desktop' || from === 'electron/main.ts') &&
        !within.includes(roomOf(to)) &&
        !fromControl.has(to),
    ),
  ).toEqual([]);
  expect(
    offenders(
      ({ from, to }) =>
        roomOf(to) === 'electron/desktop' && !['electron/main.ts', 'electron/desktop'].includes(roomOf(from)),
    ),
  ).toEqual([]);
});

test('the preload is its own few lines and names', () => {
  expect(imports.filter(({ from }) => from === 'electron/desktop/preload.ts').map(({ to }) => to)).toEqual([
    'electron',
    'shared/desktop.ts',
    'shared/desktop-names.ts',
  ]);
  // Of the contract only its types: the schemas stay in main.
  expect(textOf('electron/desktop/preload.ts')).toMatch(/import type [^;]*'..\/..\/shared\/desktop.ts'/);
});

test('what could open the machine to a page is done in one place each', () => {
  const places: [what: RegExp, file: string][] = [
    [/\bipcMain\b/, 'electron/desktop/ipc.ts'],
    [/\bipcRenderer\b|\bcontextBridge\b/, 'electron/desktop/preload.ts'],
    [/\bshell\.openExternal\b/, 'electron/desktop/open-external.ts'],
    [/\bnew BrowserWindow\b|\bwebPreferences\b/, 'electron/desktop/window.ts'],
    [/\bprotocol\.(handle|register)/, 'electron/desktop/app-protocol.ts'],
    [/\butilityProcess\b/, 'electron/desktop/core-process.ts'],
    [/\bsession\b.*'electron'/, 'electron/desktop/guards.ts'],
  ];
  for (const [what, file] of places) expect(filesWith(what), String(what)).toEqual([file]);
  expect(filesWith(/\b(BrowserView|WebContentsView|executeJavaScript|openDevTools|webFrame)\b.*\(/)).toEqual(
    [],
  );
});

test('each page is sandboxed, and each request for a permission denied', () => {
  const window = textOf('electron/desktop/window.ts');
  for (const setting of [
    ...['sandbox: true', 'contextIsolation: true', 'nodeIntegration: false', 'webSecurity: true'],
    ...['nodeIntegrationInWorker: false', 'nodeIntegrationInSubFrames: false', 'webviewTag: false'],
    ...['allowRunningInsecureContent: false'],
  ])
    expect(window).toContain(setting);
  const guards = textOf('electron/desktop/guards.ts');
  for (const handler of ['PermissionRequest', 'PermissionCheck', 'DevicePermission', 'DisplayMediaRequest'])
    expect(guards).toContain(`set${handler}Handler`);
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])
    expect(guards).toContain(`page.on('${event}', (event) => event.preventDefault())`);
  expect(guards).toContain("setWindowOpenHandler(() => ({ action: 'deny' }))");
});

test('a packaged app runs its own files alone', () => {
  const builder = textOf('electron-builder.yml');
  for (const fuse of [
    ...['runAsNode: false', 'enableNodeOptionsEnvironmentVariable: false'],
    ...['enableNodeCliInspectArguments: false', 'grantFileProtocolExtraPrivileges: false'],
    ...[
      'enableCookieEncryption: true',
      'enableEmbeddedAsarIntegrityValidation: true',
      'onlyLoadAppFromAsar: true',
    ],
  ])
    expect(builder).toContain(fuse);
});

test('only the bridge touches the browser’s window, and no text becomes markup', () => {
  const naming = (words: RegExp) =>
    sources
      .map((file) => relative(root, file).split(sep).join('/'))
      .filter((file) => file.startsWith('renderer/') && words.test(readFileSync(join(root, file), 'utf8')));
  expect(naming(/(?<!['\w])(window|globalThis|self)[.[]/)).toEqual(['renderer/bridge.ts']);
  expect(naming(/innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment/i)).toEqual([]);
  expect(naming(/\b(fetch|XMLHttpRequest|WebSocket|localStorage|indexedDB)\b/)).toEqual([]);
});

test('a secret is revealed only where it is stored or sent', () => {
  const revealing = sources
    .map((file) => relative(root, file).split(sep).join('/'))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('.reveal()'));
  // `fairlead add` and `auth` hand the person's secret to the core, which hands them a new API token once, in the desktop by
  // clipboard and dialog; the demo makes some up.
  const allowed =
    /^(electron\/(credentials|upstream)\/|electron\/commands\/(add|auth)\.ts$|electron\/(control|desktop)\/token-handlers\.ts$|demo\/)/;
  expect(revealing.filter((file) => !allowed.test(file))).toEqual([]);
});

test('only files of the size of one idea', () => {
  const large = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);
  expect(large.map((file) => relative(root, file))).toEqual([]);
});
