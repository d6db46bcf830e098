import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { extractAll, listPackage } from '@electron/asar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openContainer } from '../demo/container/running.ts';
import { fusesOf, writeElectronDistribution } from '../support/electron-distribution.ts';
import { startLineClient } from '../support/line-client.ts';
import { openOnStandIn } from './on-stand-in.ts';
import { open, patience, shown } from './open.ts';

/** The directory build, with a stand-in for Electron's own files. */
let folder: string;
let packaged: string;

const resources = () => join(packaged, 'resources');

const isLinux = process.platform === 'linux';

beforeAll(() => {
  if (!isLinux) return;
  folder = mkdtempSync(join(tmpdir(), 'fairlead-packaged-'));
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const distribution = join(folder, 'electron');
  writeElectronDistribution(distribution, devDependencies['electron'] ?? '');
  const built = spawnSync(
    process.execPath,
    [
      ...[resolve('node_modules/electron-builder/cli.js'), '--dir', '--linux'],
      ...[`-c.electronDist=${distribution}`, `-c.directories.output=${join(folder, 'release')}`],
    ],
    { encoding: 'utf8' },
  );
  if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  packaged = join(folder, 'release', 'linux-unpacked');
});

afterAll(() => {
  if (isLinux) rmSync(folder, { recursive: true, force: true });
});

test.runIf(isLinux)('has in it what runs, and nothing more', () => {
  const asar = join(resources(), 'app.asar');
  const files = listPackage(asar, { isPack: false }).filter((path) => /\.\w+$/.test(path));
  const expected = [
    /^\/package\.json$/,
    /^\/dist\/(main|core)(-[\w-]+)?\.js$/,
    /^\/dist\/(preload|stdio)\.cjs$/,
    /^\/dist\/renderer\/[\w./-]+\.(html|js|css|svg|woff2)$/,
    /^\/assets\/(icon|tray\/[\w-]+(@2x)?)\.png$/,
    /^\/node_modules\/@github\/keytar\/(package\.json|lib\/keytar\.js|prebuilds\/linux-x64\/keytar\.node)$/,
  ];
  expect(files.filter((file) => !expected.some((each) => each.test(file)))).toEqual([]);
  for (const each of expected)
    expect(
      files.some((file) => each.test(file)),
      String(each),
    ).toBe(true);
  const size = statSync(asar).size;
  console.log(`app.asar: ${(size / 1024 / 1024).toFixed(1)} MiB`);
  expect(size).toBeLessThan(8 * 1024 * 1024);
});

test.runIf(isLinux)('is no Node to anybody, and loads nothing but its archive', () => {
  const on = fusesOf(join(packaged, 'fairlead'));
  expect(on).toEqual(
    expect.arrayContaining(['cookieEncryption', 'embeddedAsarIntegrityValidation', 'onlyLoadAppFromAsar']),
  );
  for (const off of ['runAsNode', 'nodeOptions', 'nodeCliInspect', 'grantFileProtocolExtraPrivileges'])
    expect(on).not.toContain(off);
});

test.runIf(isLinux)('starts from its archive: main, preload, core, and the endpoint beside it', async () => {
  const app = join(folder, 'app');
  extractAll(join(resources(), 'app.asar'), app);
  const profile = open();
  const container = await openContainer();
  await using desktop = openOnStandIn({ env: profile.env, program: join(app, 'dist', 'main.js') });
  const page = await shown(desktop);
  const added = await page.evaluate(
    (url) =>
      window.fairlead.core['containers.add']({
        name: 'notes',
        draft: { url, auth: { method: 'none' } },
        probe: false,
      }),
    container.url,
  );
  expect(added).toMatchObject({ ok: true });
  expect(profile.cores()).toHaveLength(1);

  const endpoint = join(resources(), 'app.asar.unpacked', 'dist', 'stdio.cjs');
  await using client = startLineClient(process.execPath, [endpoint, 'stdio', 'notes'], profile.env);
  expect((await client.open()).result).toBeDefined();
  expect(profile.cores()).toHaveLength(1);
  await client.end();
  await desktop.quit();
  await expect.poll(() => profile.cores(), patience).toEqual([]);
});
