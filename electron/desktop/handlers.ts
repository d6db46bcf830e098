/** The desktop's own commands: what the window may ask of the machine. */
import { clipboard, shell } from 'electron';
import type { DesktopState } from '../../shared/desktop.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import type { CoreLink } from './core-link.ts';
import type { DesktopHandlers } from './ipc.ts';
import { launchAtLogin } from './launch-at-login.ts';
import type { Observed } from './observed.ts';
import { openExternal } from './open-external.ts';
import type { Memory } from './preferences.ts';
import { checkForUpdates } from './updates.ts';
import type { MainWindow } from './window.ts';

type OwnHandlers = Pick<
  DesktopHandlers,
  | 'state'
  | 'window.ready'
  | 'preferences.write'
  | 'core.restart'
  | 'signIn.open'
  | 'clipboard.write'
  | 'folder.show'
  | 'updates.check'
>;

export function createHandlers({
  env,
  paths,
  core,
  state,
  memory,
  window,
}: {
  readonly env: NodeJS.ProcessEnv;
  readonly paths: ProfilePaths;
  readonly core: Pick<CoreLink, 'snapshot' | 'retry'>;
  readonly state: Observed<DesktopState>;
  readonly memory: Pick<Memory, 'write'>;
  readonly window: Pick<MainWindow, 'ready'>;
}): OwnHandlers {
  return {
    state: () => state.current,
    'window.ready': () => {
      window.ready();
      return {};
    },
    'preferences.write'(changes) {
      if (changes.launchAtLogin !== undefined) launchAtLogin(changes.launchAtLogin, env);
      return memory.write(changes);
    },
    'core.restart': () => {
      core.retry();
      return {};
    },
    async 'signIn.open'(which) {
      const snapshot = core.snapshot.current;
      const url =
        'account' in which
          ? snapshot?.account?.signIn?.url
          : snapshot?.pendingSignIns.find(({ container }) => container === which.container)?.url;
      if (url === undefined) {
        throw new FairleadError('sign_in_needed', 'No sign-in is waiting.', { help: 'Start it again.' });
      }
      await openExternal(url);
      return {};
    },
    async 'clipboard.write'({ text }) {
      await clipboard.writeText(text);
      return {};
    },
    async 'folder.show'({ folder }) {
      const failure = await shell.openPath(folder === 'logs' ? paths.log : paths.home);
      if (failure !== '') throw new FairleadError('internal', 'The folder could not be opened.');
      return {};
    },
    'updates.check': checkForUpdates,
  };
}
