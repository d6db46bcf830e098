/** The desktop as specs use it: the real main, preload, page and core, in Electron where that is, else on the stand-in. */
import type { Page } from 'playwright-core';
import type { WindowEventOf } from '../../shared/desktop.ts';
import type { WindowEventName } from '../../shared/desktop-names.ts';
import { openInElectron, runInElectron } from './in-electron.ts';
import { openOnStandIn, runOnStandIn } from './on-stand-in.ts';
import { electronProgram } from './electron-program.ts';

export type MenuEntry =
  | 'separator'
  | { readonly label: string; readonly enabled: boolean; readonly submenu?: readonly MenuEntry[] };

export interface Desktop extends AsyncDisposable {
  /** The window's page, once there is a window. */
  window(): Promise<Page>;
  /** Of each window: whether it can be seen. */
  windows(): Promise<readonly boolean[]>;
  /** By its own button. */
  closeWindow(): Promise<void>;
  /** Takes the system a while. */
  enterFullScreen(): Promise<void>;
  inFullScreen(): Promise<boolean>;
  readonly tray: {
    menu(): Promise<readonly MenuEntry[]>;
    /** What its image says. */
    icon(): Promise<string>;
    /** @param path of labels, or parts of them */
    click(...path: string[]): Promise<void>;
  };
  notifications(): Promise<readonly { title: string; body: string }[]>;
  clickNotification(title: string): Promise<void>;
  /** What powerMonitor tells. */
  power(event: 'resume' | 'unlock-screen' | 'suspend'): Promise<void>;
  /** As a browser hands a link over. */
  openUrl(link: string): Promise<void>;
  /** What the next dialog is answered with. */
  answer(answer: object): Promise<void>;
  /** Dialogs that were shown. */
  boxes(): Promise<readonly { kind: string; message?: string; detail?: string }[]>;
  /** URLs that the system was to open. */
  opened(): Promise<readonly string[]>;
  clipboard(): Promise<string>;
  /** Main tells the page of more than can happen in a test's time. */
  tell<E extends WindowEventName>(event: E, values: readonly WindowEventOf<E>[]): Promise<void>;
  /** Whether a page is granted something of the machine. */
  permission(name: string): Promise<boolean>;
  quit(): Promise<void>;
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
}

export interface DesktopLaunch {
  /** The whole environment, FAIRLEAD_HOME in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Its main; default: as it was built last. */
  readonly program?: string;
}

/** @param file an image's, which has another name on macOS */
export function iconState(file: string): string {
  return file.replace(/(Template)?\.png$/, '');
}

/** Starts one where another of the same profile may run already. @returns its exit status, once it has ended */
export function startAnother(launch: DesktopLaunch): Promise<number | null> {
  const program = electronProgram();
  return program === undefined ? runOnStandIn(launch) : runInElectron(program, launch);
}

export async function launchDesktop(launch: DesktopLaunch): Promise<Desktop> {
  const program = electronProgram();
  return program === undefined ? openOnStandIn(launch) : openInElectron(program, launch);
}
