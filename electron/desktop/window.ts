/** The one window: it comes back where it was, and closing it leaves the tray. */
import { BrowserWindow, screen, type WebContents } from 'electron';
import { createListeners } from '../runtime/listeners.ts';
import { appPage } from './app-files.ts';
import { createObserved, type Observed } from './observed.ts';
import type { Memory } from './preferences.ts';
import { placeWithin, smallestSize } from './window-place.ts';

export interface MainWindow {
  /** Brings it to the front; makes it where there is none yet. */
  open(): void;
  /** The page has something to show. */
  ready(): void;
  page(): WebContents | undefined;
  /** Whether the person can see it. */
  readonly visible: Observed<boolean>;
  /** The person has closed it, which hides it. */
  onClose(listener: () => void): void;
  /** Out of sight at once; from now on closing it ends it. */
  letGo(): void;
}

/** A page that has an error of its own is shown all the same. */
const readyMs = 5_000;
/** One that crashes as soon as it is there must not take all of the machine. */
const reloadMs = 1_000;

/** @param options.dark what is seen until the page is there */
export function createMainWindow(
  memory: Pick<Memory, 'windowPlace' | 'keepWindowPlace'>,
  options: { readonly preload: string; readonly icon: string | undefined; readonly dark: () => boolean },
): MainWindow {
  const visible = createObserved(false);
  const closings = createListeners();
  let window: BrowserWindow | undefined;
  let isReady = false;
  let quitting = false;

  const keepPlace = (of: BrowserWindow) => {
    if (!of.isDestroyed()) memory.keepWindowPlace({ ...of.getNormalBounds(), maximized: of.isMaximized() });
  };

  const show = (of: BrowserWindow) => {
    if (of.isDestroyed()) return;
    if (of.isMinimized()) of.restore();
    of.show();
    of.focus();
  };

  const hide = (of: BrowserWindow) => {
    if (!of.isFullScreen()) {
      of.hide();
      return;
    }
    // macOS would leave its Space there, black.
    of.once('leave-full-screen', () => {
      if (!of.isDestroyed()) of.hide();
    });
    of.setFullScreen(false);
  };

  const create = () => {
    const kept = memory.windowPlace();
    const made = new BrowserWindow({
      ...placeWithin(
        kept,
        screen.getAllDisplays().map(({ workArea }) => workArea),
      ),
      minWidth: smallestSize.width,
      minHeight: smallestSize.height,
      show: false,
      title: 'Fairlead',
      autoHideMenuBar: true,
      backgroundColor: options.dark() ? '#1c1c1f' : '#ffffff',
      ...(options.icon !== undefined && { icon: options.icon }),
      webPreferences: {
        preload: options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
      },
    });
    window = made;
    isReady = false;
    if (kept?.maximized === true) made.maximize();
    const look = () => visible.set(made.isVisible() && !made.isMinimized());
    made.on('show', look).on('hide', look).on('minimize', look).on('restore', look);
    made.on('close', (event) => {
      keepPlace(made);
      closings.tell();
      if (quitting) return;
      event.preventDefault();
      hide(made);
    });
    made.on('closed', () => {
      visible.set(false);
      if (window === made) window = undefined;
    });
    const load = () => {
      if (!made.isDestroyed() && !quitting) made.loadURL(appPage).catch(() => undefined);
    };
    // A page that crashed is loaded again: nothing of value is in it.
    made.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') setTimeout(load, reloadMs);
    });
    load();
    setTimeout(() => {
      if (!isReady && window === made) ready();
    }, readyMs).unref();
  };

  const ready = () => {
    if (window === undefined || isReady) return;
    isReady = true;
    show(window);
  };

  return {
    open() {
      if (window === undefined) create();
      else if (isReady) show(window);
    },
    ready,
    page: () => window?.webContents,
    visible,
    onClose: closings.add,
    letGo() {
      quitting = true;
      if (window === undefined) return;
      keepPlace(window);
      window.hide();
    },
  };
}
