/** The desktop: builds its parts and hands each the next, as core.ts does for the core. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, nativeTheme } from 'electron';
import type { Place } from '../../shared/desktop.ts';
import { asFairleadError } from '../../shared/errors.ts';
import { profilePaths, type ProfilePaths } from '../runtime/paths.ts';
import { createScope } from '../runtime/scope.ts';
import { prepareProfile } from '../socket/profile.ts';
import { followInDock, setApplicationMenu } from './application-menu.ts';
import { declareAppScheme, serveApp } from './app-protocol.ts';
import { createClientHandlers, machineOf, onMachine } from './client-handlers.ts';
import { keepCore } from './core-link.ts';
import { startCoreProcess } from './core-process.ts';
import { linkScheme } from './deep-link.ts';
import { observeDesktop } from './desktop-state.ts';
import { guardPages } from './guards.ts';
import { createHandlers } from './handlers.ts';
import { awaitLinks, type IncomingLinks } from './incoming-links.ts';
import { registerIpc } from './ipc.ts';
import { startedHidden } from './launch-at-login.ts';
import { notify } from './notifications.ts';
import { openMemory } from './preferences.ts';
import { createRecordHandlers } from './record-handlers.ts';
import { quitWith } from './quit.ts';
import { tellCore } from './system-events.ts';
import { createTokenHandlers } from './token-handlers.ts';
import { createTrayActions } from './tray-actions.ts';
import { showTray } from './tray.ts';
import { createWindowFeed } from './window-feed.ts';
import { createMainWindow } from './window.ts';

export interface DesktopStart {
  readonly env: NodeJS.ProcessEnv;
  readonly args: readonly string[];
  /** Where the built programs lie: main itself, the core, the endpoint, the page. */
  readonly programFolder: string;
}

/** Runs until the person quits. One that is not the first of its profile hands over its link and ends. */
export function runDesktop(start: DesktopStart): void {
  const paths = profilePaths(start.env);
  try {
    prepareProfile(paths);
  } catch (thrown) {
    const { message, help = '' } = asFairleadError(thrown);
    dialog.showErrorBox(message, help);
    app.exit(1);
    return;
  }
  // Chromium's own files, and the lock: each profile has a desktop of its own.
  const folder = join(paths.home, 'desktop');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  app.setPath('userData', folder);
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  app.enableSandbox();
  // By which Windows knows whose notifications they are: electron-builder.yml's appId.
  if (process.platform === 'win32') app.setAppUserModelId('dev.fairlead.desktop');
  declareAppScheme();
  const links = awaitLinks(start.args);
  void app.whenReady().then(() => assemble(start, { folder, paths, links }));
}

function assemble(
  { env, args, programFolder }: DesktopStart,
  { folder, paths, links }: { folder: string; paths: ProfilePaths; links: IncomingLinks },
): void {
  const scope = createScope({ deadlineMs: 15_000 });
  const memory = openMemory(folder);
  guardPages();
  serveApp(join(programFolder, 'renderer'));
  setApplicationMenu();
  const core = keepCore({ env, scope }, () => startCoreProcess({ env, programFolder, home: paths.home }));
  const assets = join(programFolder, '..', 'assets');

  const state = observeDesktop(core, memory);

  const window = createMainWindow(memory, {
    preload: join(programFolder, 'preload.cjs'),
    icon: process.platform === 'linux' ? join(assets, 'icon.png') : undefined,
    dark: () => nativeTheme.shouldUseDarkColors,
  });
  const feed = createWindowFeed(window, { core, state });
  const open = (place?: Place) => {
    if (place !== undefined) feed.goTo(place);
    window.open();
  };
  const machine = machineOf(env);
  const tokens = createTokenHandlers(core);
  const handlers = {
    ...createHandlers({ env, paths, core, state, window, memory }),
    ...createClientHandlers({ machine, paths, programFolder, core }),
    ...createRecordHandlers({ env, paths, core }),
    ...tokens.handlers,
  };
  registerIpc({
    ...feed,
    page: () => window.page(),
    callCore: (name, input) => core.call(name, onMachine(name, input, machine) as never),
    handlers,
  });
  window.onClose(() => tokens.forget());
  followInDock(window.visible);

  showTray(
    { core, icons: join(assets, 'tray'), scope },
    {
      run: createTrayActions({ core, handlers, open, quit: () => app.quit() }),
      clients: async () => (await handlers['clients.list']({})).filter(({ found }) => found),
    },
  );
  notify(core.snapshot, { allowed: () => memory.preferences.current.notifications, open });
  tellCore(core, scope);
  // Out of a checkout it would be Electron itself that links lead to.
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);

  const linked = links.listen((place) => open(place));
  app.on('activate', () => open());
  // The tray stays.
  app.on('window-all-closed', () => undefined);
  if (linked !== undefined) open(linked);
  else if (!startedHidden(args)) open();

  quitWith(scope, () => window.letGo());
}
