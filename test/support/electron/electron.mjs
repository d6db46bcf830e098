// A stand-in for Electron's module under plain Node: as much of it as main uses. Its window is a page of the system's
// Chromium; what the system would show is recorded, and a test clicks it over the process's IPC channel.
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers';
import { closeChromium, openPage } from './page.mjs';
import { takeLock } from './single-instance.mjs';
import { serveTest } from './test-channel.mjs';

const paths = { downloads: join(process.env.HOME, 'Downloads') };
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** What the system was asked for. */
const seen = {
  opened: [],
  shownFolders: [],
  notifications: [],
  boxes: [],
  loginItem: undefined,
  protocols: [],
  clipboard: '',
  tray: undefined,
  windows: [],
  /** What dialogs are answered with, first to last. */
  answers: [],
};

function preventable(more = {}) {
  let defaultPrevented = false;
  return {
    ...more,
    preventDefault: () => (defaultPrevented = true),
    get defaultPrevented() {
      return defaultPrevented;
    },
  };
}

export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  getVersion: () => version,
  getAppPath: () => process.cwd(),
  getPath: (name) => paths[name],
  setPath: (name, path) => (paths[name] = path),
  whenReady: () => new Promise((resolve) => setImmediate(resolve)),
  enableSandbox: () => undefined,
  requestSingleInstanceLock: () =>
    takeLock(paths.userData, (args) => app.emit('second-instance', preventable(), args, process.cwd())),
  setAsDefaultProtocolClient: (scheme) => seen.protocols.push(scheme),
  setLoginItemSettings: (settings) => (seen.loginItem = settings),
  getLoginItemSettings: () => ({ wasOpenedAtLogin: false }),
  exit: (status) => void closeChromium().finally(() => process.exit(status)),
  quit() {
    const event = preventable();
    app.emit('before-quit', event);
    if (event.defaultPrevented) return;
    for (const window of [...seen.windows]) window.close();
    app.exit(0);
  },
});

export const ipcMain = Object.assign(new EventEmitter(), {
  handlers: new Map(),
  handle: (channel, handler) => ipcMain.handlers.set(channel, handler),
});

export class BrowserWindow extends EventEmitter {
  #state = { visible: false, minimized: false, maximized: false, fullScreen: false, destroyed: false };
  #bounds;
  #page;

  constructor(options) {
    super();
    const { x = 0, y = 0, width = 800, height = 600, show = true, webPreferences } = options;
    this.options = options;
    this.#bounds = { x, y, width, height };
    this.#state.visible = show;
    this.webContents = Object.assign(new EventEmitter(), {
      isDestroyed: () => this.#state.destroyed,
      setWindowOpenHandler: (handler) => (this.webContents.windowOpenHandler = handler),
      send: (channel, ...args) => void this.#page?.then((page) => page.emit(channel, args)),
    });
    seen.windows.push(this);
    app.emit('web-contents-created', preventable(), this.webContents);
    this.#page = openPage({
      preload: webPreferences.preload,
      size: { width, height },
      webContents: this.webContents,
      preventable,
      protocols,
      blocks: (url) => blocked(url),
      invoke: (frame, { channel, args }) => {
        const handler = ipcMain.handlers.get(channel);
        if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
        return handler({ sender: this.webContents, senderFrame: frame }, ...args);
      },
      theme: nativeTheme,
    });
    this.#page.catch((thrown) => {
      process.stderr.write(`${thrown.stack}\n`);
      process.exit(70);
    });
  }

  async loadURL(url) {
    await (await this.#page).load(url);
  }

  #set(state, event) {
    Object.assign(this.#state, state);
    this.emit(event);
  }
  show = () => this.#set({ visible: true }, 'show');
  hide = () => this.#set({ visible: false }, 'hide');
  minimize = () => this.#set({ minimized: true }, 'minimize');
  restore = () => this.#set({ minimized: false }, 'restore');
  maximize = () => this.#set({ maximized: true }, 'maximize');
  focus = () => this.emit('focus');
  /** The system takes its time. */
  setFullScreen = (fullScreen) =>
    void setTimeout(
      () => this.#set({ fullScreen }, fullScreen ? 'enter-full-screen' : 'leave-full-screen'),
      100,
    );
  isVisible = () => this.#state.visible;
  isMinimized = () => this.#state.minimized;
  isMaximized = () => this.#state.maximized;
  isFullScreen = () => this.#state.fullScreen;
  isDestroyed = () => this.#state.destroyed;
  getNormalBounds = () => this.#bounds;
  setBounds = (bounds) => Object.assign(this.#bounds, bounds);
  close() {
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    this.#state.destroyed = true;
    seen.windows.splice(seen.windows.indexOf(this), 1);
    this.emit('closed');
    void this.#page.then((page) => page.close());
  }
}

export class Tray extends EventEmitter {
  #destroyed = false;
  constructor(image) {
    super();
    this.image = image;
    seen.tray = this;
  }
  #set(shown) {
    if (this.#destroyed) throw new Error('Tray is destroyed');
    Object.assign(this, shown);
  }
  setImage = (image) => this.#set({ image });
  setToolTip = (toolTip) => this.#set({ toolTip });
  setContextMenu = (menu) => this.#set({ menu });
  destroy() {
    this.#destroyed = true;
    seen.tray = undefined;
  }
}

export const Menu = {
  buildFromTemplate: (template) => ({ items: template }),
  setApplicationMenu: () => undefined,
};

export class Notification extends EventEmitter {
  static isSupported = () => true;
  constructor({ title, body }) {
    super();
    Object.assign(this, { title, body });
  }
  show = () => seen.notifications.push(this);
}

export const nativeImage = {
  createFromPath: (path) => ({ path, isEmpty: () => !existsSync(path) }),
};

class Theme extends EventEmitter {
  #source = 'system';
  #systemIsDark = false;
  get themeSource() {
    return this.#source;
  }
  set themeSource(source) {
    this.#source = source;
    this.emit('updated');
  }
  set systemIsDark(dark) {
    this.#systemIsDark = dark;
    this.emit('updated');
  }
  get shouldUseDarkColors() {
    return this.#source === 'dark' || (this.#source === 'system' && this.#systemIsDark);
  }
}
export const nativeTheme = new Theme();

export const shell = {
  openExternal: (url) => Promise.resolve(void seen.opened.push(url)),
  openPath(path) {
    seen.shownFolders.push(path);
    return Promise.resolve('');
  },
};

const answered = (kind, options, usual) => {
  seen.boxes.push({ kind, ...options });
  return Promise.resolve(seen.answers.shift() ?? usual);
};
export const dialog = {
  showErrorBox: (title, content) => void process.stderr.write(`${title} ${content}\n`),
  showMessageBox: (options) => answered('message', options, { response: 0 }),
  showSaveDialog: (options) => answered('save', options, { canceled: true, filePath: '' }),
  showOpenDialog: (options) => answered('open', options, { canceled: true, filePaths: [] }),
};

export const clipboard = {
  writeText(text) {
    seen.clipboard = text;
    return Promise.resolve();
  },
};

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

export const powerMonitor = new EventEmitter();

const protocols = new Map();
export const protocol = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (scheme, handler) => protocols.set(scheme, handler),
};

/** Whether a listener of webRequest cancels it. */
let beforeRequest = (_details, answer) => answer({});
function blocked(url) {
  let cancelled = false;
  beforeRequest({ url }, ({ cancel = false }) => (cancelled = cancel));
  return cancelled;
}

const defaultSession = new EventEmitter();
for (const name of ['PermissionRequest', 'PermissionCheck', 'DevicePermission', 'DisplayMediaRequest'])
  defaultSession[`set${name}Handler`] = (handler) => (defaultSession[name] = handler);
defaultSession.webRequest = { onBeforeRequest: (listener) => (beforeRequest = listener) };
export const session = { defaultSession };

export const utilityProcess = {
  fork(file, args, { env, cwd }) {
    const child = spawn(process.execPath, [file, ...args], { env, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    const forked = Object.assign(new EventEmitter(), {
      pid: child.pid,
      stderr: child.stderr,
      kill: () => child.kill(),
    });
    child.once('exit', (status, signal) => {
      // As V8 ends a process that it cannot go on with.
      if (signal === 'SIGTRAP') forked.emit('error', 'FatalError', 'v8', '{}');
      forked.emit('exit', status ?? (signal === null ? 0 : 9));
    });
    return forked;
  },
};

serveTest({ seen, app, nativeTheme, powerMonitor, defaultSession, preventable });

export default {
  ...{ app, BrowserWindow, clipboard, dialog, ipcMain, Menu, nativeImage, nativeTheme, Notification },
  ...{ powerMonitor, protocol, screen, session, shell, Tray, utilityProcess },
};
