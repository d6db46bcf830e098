// Loaded by Electron before main (`-r`): records what the system is shown, and clicks it for a test. The same questions as
// test-channel.mjs has for the stand-in.
const electron = require('electron');
const { basename } = require('node:path');

const { app, BrowserWindow, clipboard, dialog, nativeImage, nativeTheme, powerMonitor, shell } = electron;
const { Notification, Tray } = electron;

const seen = {
  opened: [],
  notifications: [],
  boxes: [],
  answers: [],
  tray: undefined,
  menu: undefined,
  icon: '',
};

const createFromPath = nativeImage.createFromPath;
const names = new WeakMap();
nativeImage.createFromPath = (path) => {
  const image = createFromPath(path);
  names.set(image, basename(path));
  return image;
};
const wrap = (prototype, name, before) => {
  const original = prototype[name];
  prototype[name] = function (...args) {
    before(this, ...args);
    return original.apply(this, args);
  };
};
wrap(Tray.prototype, 'setToolTip', (tray) => (seen.tray = tray));
wrap(Tray.prototype, 'setContextMenu', (_tray, menu) => (seen.menu = menu));
wrap(Tray.prototype, 'setImage', (_tray, image) => (seen.icon = names.get(image)));
wrap(Notification.prototype, 'show', (notification) => seen.notifications.push(notification));

shell.openExternal = (url) => Promise.resolve(void seen.opened.push(url));
shell.openPath = () => Promise.resolve('');
const answered = (kind, usual) => (options) => {
  seen.boxes.push({ kind, ...options });
  return Promise.resolve(seen.answers.shift() ?? usual);
};
dialog.showMessageBox = answered('message', { response: 0 });
dialog.showSaveDialog = answered('save', { canceled: true, filePath: '' });
dialog.showOpenDialog = answered('open', { canceled: true, filePaths: [] });

const plain = (menu) =>
  menu.items.map(({ type, label, enabled, submenu }) =>
    type === 'separator' ? 'separator' : { label, enabled, ...(submenu && { submenu: plain(submenu) }) },
  );
const click = (menu, [label, ...rest]) => {
  const item = menu.items.find((each) => each.label.includes(label));
  if (item === undefined) throw new Error(`There is no "${label}" in the menu.`);
  if (rest.length > 0) click(item.submenu, rest);
  else item.click();
};

const questions = {
  windows: () => BrowserWindow.getAllWindows().map((window) => window.isVisible()),
  closeWindow: () => BrowserWindow.getAllWindows()[0].close(),
  enterFullScreen: () => BrowserWindow.getAllWindows()[0].setFullScreen(true),
  inFullScreen: () => BrowserWindow.getAllWindows()[0].isFullScreen(),
  menu: () => (seen.menu === undefined ? [] : plain(seen.menu)),
  icon: () => seen.icon || 'idle.png',
  click: ({ path }) => click(seen.menu, path),
  notifications: () => seen.notifications.map(({ title, body }) => ({ title, body })),
  clickNotification: ({ title }) =>
    void seen.notifications.find((each) => each.title === title).emit('click'),
  power: ({ event }) => void powerMonitor.emit(event),
  dark: ({ dark }) => void (nativeTheme.themeSource = dark ? 'dark' : 'light'),
  openUrl: ({ url }) => void app.emit('open-url', { preventDefault: () => undefined }, url),
  answer: ({ answer }) => void seen.answers.push(answer),
  boxes: () => seen.boxes,
  opened: () => seen.opened,
  clipboard: () => clipboard.readText(),
  send: ({ channel, value }) => BrowserWindow.getAllWindows()[0].webContents.send(channel, value),
  quit: () => void setImmediate(() => app.quit()),
};
globalThis.recorder = { ask: (question, given) => questions[question](given) };
