// What a test sees of the stand-in and does to it, over the process's IPC channel: one question, one answer.
import { debuggingPort } from './page.mjs';

export function serveTest({ seen, app, nativeTheme, powerMonitor, defaultSession, preventable }) {
  const [window] = [() => seen.windows[0]];
  const questions = {
    port: () => (window() === undefined ? undefined : debuggingPort()),
    windows: () => seen.windows.map((each) => ({ visible: each.isVisible(), options: each.options })),
    closeWindow: () => window().close(),
    enterFullScreen: () => window().setFullScreen(true),
    inFullScreen: () => window().isFullScreen(),
    menu: () => plainMenu(seen.tray?.menu?.items ?? []),
    icon: () => seen.tray?.image.path,
    click: ({ path }) => clickItem(seen.tray.menu.items, path),
    notifications: () => seen.notifications.map(({ title, body }) => ({ title, body })),
    clickNotification: ({ title }) => seen.notifications.find((each) => each.title === title).emit('click'),
    power: ({ event }) => powerMonitor.emit(event),
    dark: ({ dark }) => (nativeTheme.systemIsDark = dark),
    openUrl: ({ url }) => app.emit('open-url', preventable(), url),
    answer: ({ answer }) => seen.answers.push(answer),
    boxes: () => seen.boxes,
    opened: () => seen.opened,
    clipboard: () => seen.clipboard,
    send: ({ channel, value }) => window().webContents.send(channel, value),
    permission: ({ name }) => {
      let granted = defaultSession.PermissionCheck(null, name);
      defaultSession.PermissionRequest(null, name, (answer) => (granted ||= answer));
      return granted || defaultSession.DevicePermission({ deviceType: name });
    },
    quit: () => void setImmediate(() => app.quit()),
  };
  process.on('message', ({ id, ask, ...given }) => {
    Promise.resolve()
      .then(() => questions[ask](given))
      .then(
        (value) => process.send?.({ id, value }),
        (thrown) => process.send?.({ id, error: thrown.stack }),
      );
  });
  // A test that was killed takes its desktop with it.
  process.once('disconnect', () => app.exit(1));
}

function plainMenu(items) {
  return items.map(({ type, label, enabled, submenu }) =>
    type === 'separator' ? 'separator' : { label, enabled, ...(submenu && { submenu: plainMenu(submenu) }) },
  );
}

function clickItem(items, [label, ...rest]) {
  const item = items.find((each) => each.label?.includes(label));
  if (item === undefined) throw new Error(`There is no "${label}" in the menu.`);
  if (rest.length > 0) clickItem(item.submenu, rest);
  else item.click();
}
