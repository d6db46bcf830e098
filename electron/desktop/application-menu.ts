/** The menu of the app: at the top of the screen on macOS, elsewhere out of sight. Its roles are also what keys do. */
import { app, Menu } from 'electron';
import type { Observed } from './observed.ts';

export function setApplicationMenu(): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      // On macOS it is the file menu that has Close.
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const, { role: 'fileMenu' } as const] : []),
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
    ]),
  );
}

/** macOS: without a window the app is in the menu bar only. */
export function followInDock(visible: Observed<boolean>): void {
  const follow = (isVisible: boolean) => {
    if (isVisible) void app.dock?.show();
    else app.dock?.hide();
  };
  follow(visible.current);
  visible.onChange(follow);
}
