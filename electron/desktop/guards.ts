/** What no page may do here, whatever it is: leave, open another, embed one, or be granted anything of the machine. */
import { app, session } from 'electron';
import { appOrigin } from './app-files.ts';

/** For every page there will ever be. To be called when the app is ready, before there is one. */
export function guardPages(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_page, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  // A page gets its files by `app:`, and nothing from the disk or the network.
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !url.startsWith(`${appOrigin}/`) && !url.startsWith('devtools:') }),
  );
  defaultSession.on('will-download', (event) => event.preventDefault());

  app.on('web-contents-created', (_event, page) => {
    page.on('will-navigate', (event) => event.preventDefault());
    page.on('will-frame-navigate', (event) => event.preventDefault());
    page.on('will-redirect', (event) => event.preventDefault());
    page.on('will-attach-webview', (event) => event.preventDefault());
    page.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}
