/** The tray as the system would draw it: its icons in each state, and its menu as main has built it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MenuEntry } from '../../desktop/desktop.ts';
import { openCamera } from './camera.ts';
import type { Desk } from './furnish.ts';
import type { Stage } from './main.ts';

export const trayTitle = 'The tray: its icons, and its menu';

const states = [
  ['idle', 'All is well'],
  ['traffic', 'Traffic'],
  ['needs-you', 'Needs you'],
  ['paused', 'Paused'],
  ['core-down', 'Core down'],
] as const;

const style = `
  :root { color-scheme: light dark; font: 13px/1 -apple-system, system-ui, sans-serif; }
  body { margin: 0; height: 100vh; display: flex; flex-direction: column; color: light-dark(#1b1b1f, #ededf0);
    background: light-dark(#ccd6e6, #20293a); }
  .bar { display: flex; align-items: center; justify-content: flex-end; gap: 14px; height: 28px; padding: 0 14px;
    background: light-dark(#ffffff99, #00000066); font-weight: 500; }
  .bar .on { display: grid; place-items: center; height: 22px; width: 30px; border-radius: 5px; background: light-dark(#00000018, #ffffff2b); }
  .icon { width: 18px; height: 18px; background: currentColor; mask: var(--shape) center / 18px no-repeat; }
  .menus { position: relative; flex: 1; }
  .menu { position: absolute; padding: 5px; border-radius: 10px; background: light-dark(#f6f6f8f2, #2a2a2ef2);
    box-shadow: 0 0 0 .5px light-dark(#00000038, #000), inset 0 0 0 .5px light-dark(#fff8, #ffffff30), 0 12px 36px #00000040; }
  .item { display: flex; align-items: center; gap: 28px; height: 24px; padding: 0 10px; border-radius: 5px; white-space: pre; }
  .item span:first-child { flex: 1; }
  .item.off { color: light-dark(#00000066, #ffffff66); }
  .item.on { background: #1d63d6; color: #fff; }
  hr { border: 0; border-top: 1px solid light-dark(#0000001f, #ffffff24); margin: 5px 10px; }
  .states { position: absolute; left: 32px; top: 32px; display: grid; gap: 22px; }
  .state { display: flex; align-items: center; gap: 14px; font-weight: 500; }
  .tile { display: grid; place-items: center; width: 44px; height: 34px; border-radius: 8px; background: light-dark(#ffffff99, #00000066); }
`;

/** From the tray of a running desktop: a page of its own draws it, as that is what the system does. */
export async function drawTray(
  { page: windowPage, desktop }: Omit<Stage, 'core'>,
  desk: Desk,
): Promise<void> {
  const menu = await desktop.tray.menu();
  const state = await desktop.tray.icon();
  const page = await windowPage.context().newPage();
  await page.setContent(html(menu, state));
  const size = { width: 820, height: 500 };
  const camera = await openCamera(page, size, () => desk.retold());
  const chosen = page.locator('.menu > .item').filter({ hasText: 'notes' }).first();
  const [item, main] = [await chosen.boundingBox(), await page.locator('.menu').first().boundingBox()];
  const notes = menu.find((each) => each !== 'separator' && each.label.includes('notes'));
  if (item !== null && main !== null && notes !== undefined && notes !== 'separator') {
    await page.evaluate(
      ([inner, top, right]) => {
        document.querySelector('.item.mark')?.classList.add('on');
        const sub = document.createElement('div');
        sub.className = 'menu';
        sub.innerHTML = inner;
        sub.style.top = `${top}px`;
        sub.style.right = `${right}px`;
        document.querySelector('.menus')?.append(sub);
      },
      [items(notes.submenu ?? []), item.y - 28 - 5, size.width - main.x - 2] as const,
    );
  }
  await camera.take('tray');
  await page.close();
}

const escape = (text: string) =>
  text.replaceAll('&&', '&').replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

function items(menu: readonly MenuEntry[]): string {
  return menu
    .map((entry) => {
      if (entry === 'separator') return '<hr>';
      const { label, enabled, submenu } = entry;
      const looks = `item${enabled ? '' : ' off'}${label.includes(' notes') ? ' mark' : ''}`;
      return `<div class="${looks}"><span>${escape(label)}</span>${submenu === undefined ? '' : '<span>›</span>'}</div>`;
    })
    .join('');
}

function icon(state: string): string {
  const png = readFileSync(resolve('assets', 'tray', `${state}Template@2x.png`)).toString('base64');
  return `<div class="icon" style="--shape: url(data:image/png;base64,${png})"></div>`;
}

function html(menu: readonly MenuEntry[], state: string): string {
  const rows = states
    .map(([name, words]) => `<div class="state"><div class="tile">${icon(name)}</div>${words}</div>`)
    .join('');
  return `<!doctype html><style>${style}</style>
    <div class="bar"><div class="on">${icon(state)}</div><span>Mon 09:41</span></div>
    <div class="menus"><div class="states">${rows}</div><div class="menu" style="top: 4px; right: 40px">${items(menu)}</div></div>`;
}
