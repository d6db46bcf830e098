/** Whether there is a newer Fairlead. Until one is published there is nothing to ask, and this says so. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import type { DesktopOutput } from '../../shared/desktop.ts';

export async function checkForUpdates(): Promise<DesktopOutput<'updates.check'>> {
  // electron-builder writes it into a build that knows where its successors are published.
  if (!app.isPackaged || !existsSync(join(process.resourcesPath, 'app-update.yml'))) {
    return {
      status: 'off',
      summary: `This is Fairlead ${app.getVersion()}, which does not update itself: get a newer one where you got it.`,
    };
  }
  const { default: updater } = await import('electron-updater');
  const { autoUpdater } = updater;
  autoUpdater.autoDownload = true;
  autoUpdater.autoInstallOnAppQuit = true;
  const found = await autoUpdater.checkForUpdates();
  return found?.isUpdateAvailable === true
    ? {
        status: 'available',
        summary: `Fairlead ${found.updateInfo.version} is being fetched, and is there once you quit and start again.`,
      }
    : { status: 'current', summary: `Fairlead ${app.getVersion()} is the newest.` };
}
