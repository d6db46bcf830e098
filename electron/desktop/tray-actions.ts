/** What the tray's items do. What fails is said in a dialog: there is no window to say it in. */
import { dialog } from 'electron';
import type { Place } from '../../shared/desktop.ts';
import { asFairleadError } from '../../shared/errors.ts';
import { ownHelp } from '../../shared/own-help.ts';
import type { CoreLink } from './core-link.ts';
import type { DesktopHandlers } from './ipc.ts';
import { plain } from './plain.ts';
import type { TrayAction } from './tray-menu.ts';

export interface TrayDeps {
  readonly core: Pick<CoreLink, 'call' | 'snapshot' | 'retry'>;
  readonly handlers: Pick<
    DesktopHandlers,
    'signIn.open' | 'clients.connect' | 'config.copy' | 'updates.check'
  >;
  readonly open: (place?: Place) => void;
  readonly quit: () => void;
}

export function createTrayActions(deps: TrayDeps): (action: TrayAction) => void {
  return (action) => {
    run(action, deps).catch((thrown: unknown) => {
      const { message, help } = asFairleadError(thrown);
      const detail = ownHelp(help);
      void dialog.showMessageBox({ type: 'error', message, ...(detail !== undefined && { detail }) });
    });
  };
}

async function run(action: TrayAction, { core, handlers, open, quit }: TrayDeps): Promise<void> {
  switch (action.do) {
    case 'go':
      open(action.to);
      return;
    case 'open':
      open();
      return;
    case 'quit':
      quit();
      return;
    case 'restart_core':
      core.retry();
      return;
    case 'pause':
      await core.call('pause', { by: 'window' });
      return;
    case 'resume':
      await core.call('resume', {});
      return;
    case 'start':
      await core.call('platform.start', { name: action.container });
      return;
    case 'stop':
      await core.call('platform.stop', { name: action.container });
      return;
    case 'sign_in':
      await signIn(action.container, { core, handlers, open });
      return;
    case 'account_sign_in':
      await signInToAccount({ core, handlers, open });
      return;
    case 'account_switch':
      await core.call('platform.login', { fresh: true });
      return;
    case 'account_sign_out':
      await core.call('platform.logout', {});
      return;
    case 'copy_config':
      await handlers['config.copy']({ container: action.container });
      return;
    case 'add_to_client':
      await addToClient(action, handlers);
      return;
    case 'updates': {
      const { summary } = await handlers['updates.check']({});
      await dialog.showMessageBox({ type: 'info', message: summary });
      return;
    }
  }
}

/** Which platform it is to be, where none is known, is nothing that a tray can ask for. */
async function signInToAccount({
  core,
  handlers,
  open,
}: Pick<TrayDeps, 'core' | 'handlers' | 'open'>): Promise<void> {
  const account = core.snapshot.current?.account;
  if (account === undefined) open({ place: 'accounts' });
  else if (account.state === 'signing_in') await handlers['signIn.open']({ account: true });
  else await core.call('platform.login', {});
}

/** The core opens the browser. A key is nothing that a tray can ask for. */
async function signIn(
  container: string,
  { core, handlers, open }: Pick<TrayDeps, 'core' | 'handlers' | 'open'>,
): Promise<void> {
  const status = core.snapshot.current?.containers.find((each) => each.container.name === container);
  if (status?.container.auth.method === 'api_key') open({ place: 'containers', container, tab: 'security' });
  else if (status?.credential === 'signing_in') await handlers['signIn.open']({ container });
  else await core.call('auth', { name: container, fresh: status?.credential === 'present' });
}

/** Nothing is written that was not shown. */
async function addToClient(
  { container, client }: { readonly container: string; readonly client: string },
  handlers: TrayDeps['handlers'],
): Promise<void> {
  const change = await handlers['clients.connect']({ client, container, dryRun: true });
  if (change.diff === undefined) {
    await dialog.showMessageBox({
      type: 'info',
      message: `${change.title} has ${plain(container)} already.`,
    });
    return;
  }
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: `Add ${plain(container)} to ${change.title}?`,
    detail: `${change.path}\n\n${change.diff}`,
    buttons: ['Add', 'Cancel'],
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0) await handlers['clients.connect']({ client, container, dryRun: false });
}
