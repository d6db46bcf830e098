/** Whether Fairlead starts with the person's session: hidden, as its tray icon alone. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { desktopEntry } from './desktop-entry.ts';

const hiddenFlag = '--hidden';

export function launchAtLogin(wanted: boolean, env: NodeJS.ProcessEnv): void {
  if (process.platform === 'linux') writeAutostart(wanted, env);
  else if (app.isPackaged) app.setLoginItemSettings({ openAtLogin: wanted, args: [hiddenFlag] });
}

export function startedHidden(args: readonly string[]): boolean {
  return (
    args.includes(hiddenFlag) ||
    (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
  );
}

/** XDG autostart: Electron knows no other way there. */
function writeAutostart(wanted: boolean, env: NodeJS.ProcessEnv): void {
  const folder = join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart');
  const file = join(folder, 'fairlead.desktop');
  if (!wanted) {
    rmSync(file, { force: true });
    return;
  }
  // Of an AppImage what was started is only a mount.
  const program = env['APPIMAGE'] ?? process.execPath;
  const args = app.isPackaged ? [hiddenFlag] : [app.getAppPath(), hiddenFlag];
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, desktopEntry([program, ...args]));
}
