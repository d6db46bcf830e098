/** The tray's menu, from one snapshot. Pure: what a click does is named, and done elsewhere. */
import { conditionOf, headlineOf, needsOf, type Condition } from '../../shared/condition.ts';
import type { Place } from '../../shared/desktop.ts';
import type { AccountStatus, ContainerStatus, Snapshot } from '../../shared/status.ts';
import type { CoreState } from './core-link.ts';
import { plain } from './plain.ts';

export type TrayAction =
  | { readonly do: 'go'; readonly to: Place }
  | { readonly do: 'open' | 'pause' | 'resume' | 'updates' | 'quit' | 'restart_core' }
  | { readonly do: 'sign_in' | 'start' | 'stop' | 'copy_config'; readonly container: string }
  | { readonly do: 'add_to_client'; readonly container: string; readonly client: string }
  | { readonly do: 'account_sign_in' | 'account_switch' | 'account_sign_out' };

export type TrayItem =
  | 'separator'
  | {
      readonly label: string;
      /** Absent, without a submenu: it only says something. */
      readonly action?: TrayAction;
      readonly submenu?: readonly TrayItem[];
    };

export interface TrayView {
  readonly core: CoreState;
  readonly snapshot: Snapshot | undefined;
  /** Programs on this machine that can be given a container. */
  readonly clients: readonly { readonly id: string; readonly title: string }[];
}

export function trayMenu(view: TrayView): readonly TrayItem[] {
  const { snapshot } = view;
  const go = (label: string, to: Place): TrayItem => ({ label, action: { do: 'go', to } });
  const containers = snapshot === undefined ? [] : containerItems(snapshot, view.clients);
  return [
    headline(view),
    ...(snapshot === undefined ? [] : [accountItem(snapshot.account)]),
    'separator',
    ...containers,
    ...(containers.length > 0 ? (['separator'] as const) : []),
    go('Add container…', { place: 'add' }),
    ...(snapshot === undefined ? [] : [pauseItem(snapshot)]),
    { label: 'Open Fairlead', action: { do: 'open' } },
    go('Settings…', { place: 'settings' }),
    'separator',
    { label: 'Check for updates…', action: { do: 'updates' } },
    { label: 'Quit', action: { do: 'quit' } },
  ];
}

/** What is the matter, in words: the worst of it. */
function headline({ core, snapshot }: TrayView): TrayItem {
  const { words, need } = headlineOf(core, snapshot);
  if (need !== undefined)
    return { label: escaped(`Fairlead: ${plain(words)}`), action: { do: 'go', to: need.place } };
  const label = `Fairlead: ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  return core.status === 'failed'
    ? { label: `${label}. Try again`, action: { do: 'restart_core' } }
    : { label };
}

function accountItem(account: AccountStatus | undefined): TrayItem {
  switch (account?.state) {
    case 'signed_in':
      return {
        label: escaped(plain(account.email ?? new URL(account.issuer).host)),
        submenu: [
          { label: 'Sign out', action: { do: 'account_sign_out' } },
          { label: 'Switch account', action: { do: 'account_switch' } },
        ],
      };
    case 'signing_in':
      return { label: 'Signing in: go on in the browser…', action: { do: 'account_sign_in' } };
    case 'expired':
      return { label: 'Sign in again…', action: { do: 'account_sign_in' } };
    case 'signed_out':
    case 'unknown':
    case undefined:
      return { label: 'Sign in…', action: { do: 'account_sign_in' } };
  }
}

function pauseItem({ paused }: Snapshot): TrayItem {
  return paused === undefined
    ? { label: 'Pause all traffic', action: { do: 'pause' } }
    : { label: 'Resume traffic', action: { do: 'resume' } };
}

function containerItems(snapshot: Snapshot, clients: TrayView['clients']): TrayItem[] {
  return snapshot.containers
    .filter(({ configured }) => configured)
    .map((status) => {
      const condition = conditionOf(status, snapshot);
      return {
        label: escaped(
          `${marks[condition.tone]} ${plain(status.container.name)}\u2003${plain(condition.words)}`,
        ),
        submenu: submenuOf(status, snapshot, clients),
      };
    });
}

const marks: Readonly<Record<Condition['tone'], string>> = {
  good: '●',
  quiet: '○',
  busy: '○',
  warn: '!',
  bad: '!',
};

function submenuOf(
  status: ContainerStatus,
  snapshot: Snapshot,
  clients: TrayView['clients'],
): readonly TrayItem[] {
  const container = status.container.name;
  const { credential, platform } = status;
  const need = needsOf(snapshot).find((each) => each.container === container);
  const signIn = { do: 'sign_in', container } as const;
  const asked = ['sign_in', 'sign_in_again', 'signing_in'].includes(need?.kind ?? '');
  return [
    ...(asked ? [{ label: 'Sign in…', action: signIn }] : []),
    ...(need !== undefined && !asked
      ? [{ label: 'Show what is the matter…', action: { do: 'go', to: need.place } as const }]
      : []),
    ...(platform === 'sleeping' || platform === 'failed'
      ? [{ label: 'Start', action: { do: 'start', container } as const }]
      : []),
    { label: 'Open', action: { do: 'go', to: { place: 'containers', container } } },
    {
      label: 'Add to a client',
      submenu: clients.map(({ id, title }) => ({
        label: escaped(title),
        action: { do: 'add_to_client', container, client: id } as const,
      })),
    },
    ...(credential === 'present' ? [{ label: 'Sign in again', action: signIn }] : []),
    ...(platform === 'running' ? [{ label: 'Stop', action: { do: 'stop', container } as const }] : []),
    { label: 'Copy config', action: { do: 'copy_config', container } },
  ];
}

/** A single `&` names the key that chooses an item. */
function escaped(label: string): string {
  return label.replaceAll('&', '&&');
}
