/** Quitting waits for the scope: the core that was started here ends its sessions, and says so to their containers. */
import { app, powerMonitor } from 'electron';
import type { Scope } from '../runtime/scope.ts';

/** @param begin what the person is to see at once */
export function quitWith(scope: Scope, begin: () => void): void {
  let mayEnd = false;
  app.on('before-quit', (event) => {
    begin();
    if (mayEnd) return;
    event.preventDefault();
    void scope.close().finally(() => {
      mayEnd = true;
      app.quit();
    });
  });
  powerMonitor.on('shutdown', () => {
    // To put it off would be a veto against the system's own end.
    mayEnd = true;
    void scope.close();
  });
}
