/** The scheme that the page comes by. */
import { protocol } from 'electron';
import { answerApp, appScheme } from './app-files.ts';

/** To be called before the app is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** @param folder of the page's built files */
export function serveApp(folder: string): void {
  protocol.handle(appScheme, (request) => answerApp(request, folder));
}
