/** What the page sees of everything else: named functions at `window.fairlead`, and no way to say another name. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { DesktopBridge, WindowEventOf } from '../../shared/desktop.ts';
import {
  desktopCommandNames,
  windowCommandNames,
  windowEventNames,
  type WindowEventName,
} from '../../shared/desktop-names.ts';

/** One function for each name. Main checks what is handed to it. */
function functions(area: 'core' | 'desktop', names: readonly string[]): object {
  return Object.fromEntries(
    names.map((name) => [name, (input: unknown) => ipcRenderer.invoke(`${area}:${name}`, input)]),
  );
}

const channelOf = (event: WindowEventName) => `event:${event}`;

/** What the page draws itself from: asked for while its script is still being loaded, and kept for when it listens. */
const latest = new Map<WindowEventName, unknown>();
for (const event of ['state', 'snapshot'] as const) {
  ipcRenderer.on(channelOf(event), (_, values: readonly unknown[]) => void latest.set(event, values.at(-1)));
}
void ipcRenderer.invoke('begin');

function subscribe<E extends WindowEventName>(
  event: E,
  listener: (value: WindowEventOf<E>) => void,
): () => void {
  if (!windowEventNames.includes(event)) return () => undefined;
  const channel = channelOf(event);
  const take = (_: IpcRendererEvent, values: readonly WindowEventOf<E>[]) => {
    for (const value of values) listener(value);
  };
  ipcRenderer.on(channel, take);
  if (latest.has(event)) listener(latest.get(event) as WindowEventOf<E>);
  else void ipcRenderer.invoke('subscribe', event);
  return () => {
    ipcRenderer.off(channel, take);
    if (ipcRenderer.listenerCount(channel) === 0) void ipcRenderer.invoke('unsubscribe', event);
  };
}

const bridge: DesktopBridge = {
  core: functions('core', windowCommandNames) as DesktopBridge['core'],
  desktop: functions('desktop', desktopCommandNames) as DesktopBridge['desktop'],
  subscribe,
};
contextBridge.exposeInMainWorld('fairlead', bridge);
