/** `npm run screenshots`: a picture of every place of the window, of its tray and its menu, into docs/screenshots/. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsoleMessage, Page } from 'playwright-core';
import { createControlClient, type ControlClient } from '../../../electron/control/client.ts';
import { createScope, type Scope } from '../../../electron/runtime/scope.ts';
import { joinCore } from '../../../electron/socket/join.ts';
import type { DesktopBridge, Preferences } from '../../../shared/desktop.ts';
import { launchDesktop, type Desktop } from '../../desktop/desktop.ts';
import { folder, openCamera, type Camera, type Size } from './camera.ts';
import { furnish, type Desk, type Room } from './furnish.ts';
import { edgeShots } from './edge-shots.ts';
import { usualShots } from './shots.ts';
import { drawTray, trayTitle } from './tray-picture.ts';

/** A desktop that a picture is taken of. */
export interface Stage {
  readonly page: Page;
  readonly desktop: Desktop;
  /** One more client of the furnished one's core. */
  readonly core: ControlClient;
}

export interface Shot {
  readonly title: string;
  /** Default: the furnished one. */
  readonly room?: keyof Desk['rooms'];
  readonly size?: Size;
  readonly firstRun?: boolean;
  readonly show: (stage: Stage, desk: Desk) => Promise<unknown>;
  readonly after?: (stage: Stage, desk: Desk) => Promise<unknown>;
}

interface Studio {
  readonly stage: Omit<Stage, 'core'>;
  readonly camera: Camera;
}

const usual: Size = { width: 960, height: 640 };

/** In this order: what one changes the next ones show. */
const shots: Readonly<Record<string, Shot>> = { ...usualShots, ...edgeShots };

/** @param wanted names of shots; none: all */
export async function main(wanted: readonly string[]): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const scope = createScope({ deadlineMs: 60_000, onError: (thrown) => console.error(thrown) });
  try {
    return await photograph(await furnish(scope), { scope, wanted });
  } finally {
    await scope.close();
  }
}

async function photograph(desk: Desk, { scope, wanted }: { scope: Scope; wanted: readonly string[] }) {
  await desk.work();
  const { env } = desk.rooms.furnished.profile;
  const core = createControlClient(await joinCore({ env, role: 'control', start: false, timeoutMs: 15_000 }));
  scope.defer(() => core.close());
  const studios = new Map<keyof Desk['rooms'], Promise<Studio>>();
  const studioOf = (room: keyof Desk['rooms']) => {
    const known = studios.get(room) ?? openStudio(desk, desk.rooms[room], scope);
    studios.set(room, known);
    return known;
  };
  const complaints: string[] = [];
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  if (isWanted('tray')) {
    const { stage } = await studioOf('furnished');
    await drawTray(stage, desk);
  }
  for (const [name, shot] of Object.entries(shots)) {
    if (!isWanted(name)) continue;
    console.log(name);
    const { stage: scene, camera } = await studioOf(shot.room ?? 'furnished');
    const stage = { ...scene, core };
    const { page } = stage;
    const complain = (text: string) => complaints.push(`${name}: ${text}`);
    const onConsole = (message: ConsoleMessage) => {
      if (message.type() === 'error' || message.type() === 'warning') complain(message.text());
    };
    page.on('console', onConsole);
    try {
      await write(page, { firstRunDone: shot.firstRun !== true });
      await page.reload();
      await shot.show(stage, desk);
    } catch (thrown) {
      complain(String(thrown));
    }
    await camera.take(name, shot.size);
    await shot.after?.(stage, desk);
    page.off('console', onConsole);
  }
  if (wanted.length === 0) writeFileSync(join(folder, 'README.md'), index());
  for (const each of complaints) console.error(each);
  return complaints.length === 0 ? 0 : 1;
}

async function openStudio(desk: Desk, room: Room, scope: Scope): Promise<Studio> {
  const desktop = await launchDesktop({ env: room.env });
  scope.defer(async () => desktop[Symbol.asyncDispose]());
  const page = await desktop.window();
  page.setDefaultTimeout(20_000);
  await page.locator('main').first().waitFor();
  return { stage: { page, desktop }, camera: await openCamera(page, usual, () => desk.retold()) };
}

async function write(page: Page, preferences: Partial<Preferences>): Promise<void> {
  await page.evaluate(
    (given) =>
      (globalThis as unknown as { fairlead: DesktopBridge }).fairlead.desktop['preferences.write'](given),
    preferences,
  );
}

function index(): string {
  const titles = [...Object.entries(shots).map(([name, { title }]) => [name, title]), ['tray', trayTitle]];
  const pictures = titles.map(
    ([name, title]) =>
      `## ${title}\n\n| | |\n| --- | --- |\n| ![${title}, light](${name}-light.png) | ![${title}, dark](${name}-dark.png) |\n`,
  );
  return `# The window and the tray\n\nMade by \`npm run screenshots\`: the real main, preload, page and core, in Chromium. The paths and addresses of the machine\nthat they are made on are replaced.\n\n${pictures.join('\n')}`;
}
