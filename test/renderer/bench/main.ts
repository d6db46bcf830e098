/** `npm run bench:window`: how quick the window is, written into docs/benchmarks.md. The whole desktop runs, as in its specs. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { DesktopBridge } from '../../../shared/desktop.ts';
import { createScope } from '../../../electron/runtime/scope.ts';
import { launchDesktop, type Desktop } from '../../desktop/desktop.ts';
import { openProfile } from '../../support/fairlead.ts';
import { startQuickServer } from '../../support/quick-server.ts';
import { requestOf } from '../../support/snapshots.ts';
import { goTo } from '../support/ways.ts';
import { longestTask } from './trace.ts';

const containers = 6;
const rows = 100_000;
const paints = 10;
const scrolls = 5;
const idleMs = 10_000;

export async function main(): Promise<void> {
  const scope = createScope({ deadlineMs: 60_000, onError: (thrown) => console.error(thrown) });
  const keep = <T extends AsyncDisposable>(it: T): T => {
    scope.defer(async () => it[Symbol.asyncDispose]());
    return it;
  };
  try {
    const server = keep(await startQuickServer());
    const profile = keep(openProfile({ FAIRLEAD_LOG: 'warn' }));
    for (let count = 1; count <= containers; count += 1)
      await profile.run(['add', `container-${count}`, server.url, '--auth', 'none', '--no-probe']);
    const before = loadavg()[0] ?? 0;
    const page = await windowOf(keep(await launchDesktop({ env: profile.env })));
    const idle = await idleShare(page);
    const paint = await firstPaints(page);
    await fill(page);
    const scroll = [];
    for (let round = 0; round < scrolls; round += 1)
      scroll.push(await longestTask(page, () => turnWheel(page, round % 2 === 0 ? 1 : -1)));
    write(section({ kB: [initialKb(), allKb()], paint, scroll, idle, loads: [before, loadavg()[0] ?? 0] }));
  } finally {
    await scope.close();
  }
}

/** The window past its first run. */
async function windowOf(desktop: Desktop): Promise<Page> {
  const page = await desktop.window();
  page.setDefaultTimeout(60_000);
  await page.evaluate(() =>
    (globalThis as unknown as { fairlead: DesktopBridge }).fairlead.desktop['preferences.write']({
      firstRunDone: true,
    }),
  );
  await page.getByRole('heading', { name: 'Containers' }).waitFor();
  return page;
}

/** From the beginning of the load to what is first seen, in ms: of an empty page and of ours, in turns. */
async function firstPaints(page: Page): Promise<{ bare: number[]; ours: number[] }> {
  const bare: number[] = [];
  const ours: number[] = [];
  const painted = (of: Page) =>
    of
      .waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
      .then((handle) => handle.jsonValue());
  for (let round = 0; round < paints; round += 1) {
    const other = await page.context().newPage();
    await other.goto('data:text/html,<!doctype html><p>Containers');
    bare.push((await painted(other)) ?? Number.NaN);
    await other.close();
    await page.reload();
    await page.getByRole('heading', { name: 'Containers' }).waitFor();
    ours.push((await painted(page)) ?? Number.NaN);
  }
  return { bare, ours };
}

/** Told to the preload as main tells it: to have them all asked takes minutes. */
async function fill(page: Page): Promise<void> {
  await goTo(page, 'Activity');
  const session = await page.context().newCDPSession(page);
  let preload: number | undefined;
  session.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === 'preload') preload = context.id;
  });
  await session.send('Runtime.enable');
  const tell = `const first = ${JSON.stringify(requestOf(1))};
    for (let id = 1; id <= ${rows}; id += 500)
      emitted('event:activity', [Array.from({ length: 500 }, (_, more) => (
        { ...first, id: id + more + 10_000, at: id + more, tool: 'tool_' + (id + more) }))]);`;
  await session.send('Runtime.evaluate', {
    expression: `{ ${tell} }`,
    ...(preload !== undefined && { contextId: preload }),
  });
  await session.detach();
  await page.getByText(`tool_${rows}`, { exact: true }).waitFor();
}

/** A person turns the wheel from one end to the other. */
async function turnWheel(page: Page, direction: 1 | -1): Promise<void> {
  await page.getByLabel('Requests, newest first').hover();
  for (let step = 0; step < 300; step += 1) await page.mouse.wheel(0, (direction * rows * 30) / 300);
}

/** How much of a core the page takes while nothing happens, in percent. */
async function idleShare(page: Page): Promise<number> {
  await page.getByText('All is well').first().waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busyS = async () =>
    (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')
      ?.value ?? Number.NaN;
  await sleep(5_000);
  const before = await busyS();
  await sleep(idleMs);
  const share = ((await busyS()) - before) / (idleMs / 1000);
  await session.send('Performance.disable');
  await session.detach();
  return share * 100;
}
const folder = resolve('dist/renderer');

const gzipped = (names: readonly string[]) =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0) / 1000;

function allKb(): number {
  return gzipped(
    readdirSync(join(folder, 'assets'))
      .filter((name) => name.endsWith('.js'))
      .map((name) => `assets/${name}`),
  );
}

/** What the page names: the rest is read when a person goes there. */
function initialKb(): number {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  return gzipped([...html.matchAll(/(assets\/[^"]+\.js)"/g)].map(([, name = '']) => name));
}

interface Figures {
  readonly kB: readonly [number, number];
  readonly paint: { readonly bare: readonly number[]; readonly ours: readonly number[] };
  readonly scroll: readonly { readonly ms: number; readonly cpuMs: number }[];
  readonly idle: number;
  readonly loads: readonly number[];
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const middle = (values: readonly number[]) => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN;
const spread = (values: readonly number[]) =>
  [Math.min(...values), middle(values), Math.max(...values)].map((each) => each.toFixed(0)).join(' / ');

function section({ kB, paint, scroll, idle, loads }: Figures): string {
  const [initial, all] = kB;
  const ratio = middle(paint.ours) / middle(paint.bare);
  return `
## The window

Made by \`npm run bench:window\` on ${cpus().length} cores that others used too (load average ${loads.map((load) => load.toFixed(1)).join(' before, ')} after), in
Chromium without a GPU: the real main, preload and page on a real core with ${containers} containers, with a stand-in for Electron's
own module, which hands the page its files and events more slowly than Electron does. An empty page is loaded in turns with
ours, in the same browser: the ratio is worth more than the times. Each task of the page is measured by the clock, and by
how long it had the processor; the difference is time in which the machine was busy with something else.

| least / middle / most | | aim |
| --- | ---: | ---: |
| JavaScript, gzipped: before the first paint, and all of it (kB) | ${initial.toFixed(0)}, ${all.toFixed(0)} | ≤ 400 |
| load → first paint of an empty page, ${paint.bare.length} times (ms) | ${spread(paint.bare)} | |
| load → first paint of the containers, ${paint.ours.length} times (ms) | ${spread(paint.ours)} | < 300 |
| ours ÷ empty, of the middles | ${ratio.toFixed(1)} | |
| longest task while ${rows.toLocaleString('en')} requests are scrolled through, ${scroll.length} times, clock (ms) | ${spread(scroll.map(({ ms }) => ms))} | ≤ 50 |
| the same, processor (ms) | ${spread(scroll.map(({ cpuMs }) => cpuMs))} | ≤ 50 |
| share of a core while nothing happens (%) | ${idle.toFixed(2)} | ≈ 0 |
`;
}

function write(text: string): void {
  const file = resolve('docs/benchmarks.md');
  const before = readFileSync(file, 'utf8').replace(/\n## The window[\s\S]*$/, '');
  writeFileSync(file, `${before}${text}`);
  console.log(text);
}
