/** The one door out of the page: the preload's bridge, the keys that belong to the whole window, and the visible page. */
import type { DesktopBridge } from '../shared/desktop.ts';

declare global {
  interface Window {
    /** Absent where the page is opened outside of the app. */
    readonly fairlead?: DesktopBridge;
  }
}

export function openBridge(): DesktopBridge | undefined {
  return window.fairlead;
}

/** @returns the function that ends it */
export function onKeyDown(listener: (event: KeyboardEvent) => void): () => void {
  window.addEventListener('keydown', listener);
  return () => window.removeEventListener('keydown', listener);
}

/** Once per frame that is shown: a hidden window does no work. @returns the function that calls it off */
export function onNextFrame(work: () => void): () => void {
  const id = window.requestAnimationFrame(work);
  return () => window.cancelAnimationFrame(id);
}
