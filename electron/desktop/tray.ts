/** The tray: its icon and menu follow the snapshot, and are never more than a second behind it. */
import { join } from 'node:path';
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron';
import type { Scope } from '../runtime/scope.ts';
import type { CoreLink } from './core-link.ts';
import { callsOf, iconFile, iconState } from './tray-icon.ts';
import { trayMenu, type TrayAction, type TrayItem, type TrayView } from './tray-menu.ts';

/** Rarer than snapshots come: a menu that changes under the pointer is no help. */
const intervalMs = 500;
/** How long the icon says that something went through. */
const busyMs = 1_000;
const clientsMs = 60_000;

export function showTray(
  { core, icons, scope }: { readonly core: CoreLink; readonly icons: string; readonly scope: Scope },
  actions: {
    run(action: TrayAction): void;
    clients(): Promise<TrayView['clients']>;
  },
): void {
  const imageOf = (state: ReturnType<typeof iconState>) =>
    nativeImage.createFromPath(join(icons, iconFile(state, process.platform)));
  const tray = new Tray(imageOf('idle'));
  tray.setToolTip('Fairlead');
  let clients: TrayView['clients'] = [];
  let clientsAt = -Infinity;
  let drawn = '';
  let icon: ReturnType<typeof iconState> = 'idle';
  let due: NodeJS.Timeout | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let calls: number | undefined;

  const drawIcon = () => {
    const next = iconState(core.state.current, core.snapshot.current, quiet !== undefined);
    if (next === icon) return;
    icon = next;
    tray.setImage(imageOf(next));
  };
  const drawMenu = () => {
    const items = trayMenu({ core: core.state.current, snapshot: core.snapshot.current, clients });
    const text = JSON.stringify(items);
    // A menu that is set anew closes while it is open.
    if (text === drawn) return;
    drawn = text;
    tray.setContextMenu(Menu.buildFromTemplate(templateOf(items, (action) => actions.run(action))));
  };
  const draw = () => {
    due = undefined;
    drawIcon();
    drawMenu();
    // It is the core that knows them.
    if (core.snapshot.current === undefined || performance.now() - clientsAt < clientsMs) return;
    clientsAt = performance.now();
    actions.clients().then(
      (found) => {
        clients = found;
        if (!scope.signal.aborted) soon();
      },
      () => undefined,
    );
  };
  const soon = () => {
    due ??= setTimeout(draw, intervalMs);
  };

  const noticeTraffic = () => {
    const { current } = core.snapshot;
    const before = calls;
    calls = current && callsOf(current);
    if (before === undefined || calls === undefined || calls <= before) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      quiet = undefined;
      drawIcon();
    }, busyMs);
    drawIcon();
  };

  const endings = [
    core.snapshot.onChange(noticeTraffic),
    core.snapshot.onChange(soon),
    core.state.onChange(soon),
  ];
  tray.on('click', () => {
    // Elsewhere than on Windows a click opens the menu.
    if (process.platform === 'win32') actions.run({ do: 'open' });
  });
  draw();
  scope.defer(() => {
    // The core goes on telling what happens until it has ended, which is after this.
    for (const end of endings) end();
    clearTimeout(due);
    clearTimeout(quiet);
    tray.destroy();
  });
}

function templateOf(
  items: readonly TrayItem[],
  run: (action: TrayAction) => void,
): MenuItemConstructorOptions[] {
  return items.map((item) => {
    if (item === 'separator') return { type: 'separator' };
    const { label, action, submenu } = item;
    return {
      label,
      ...(action !== undefined && { click: () => run(action) }),
      ...(submenu !== undefined && { submenu: templateOf(submenu, run) }),
      enabled: action !== undefined || (submenu ?? []).length > 0,
    };
  });
}
