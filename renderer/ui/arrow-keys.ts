/** Arrow keys, Home and End in a list of buttons: the focus moves, and what it comes to is chosen where that is wanted. */
import type { KeyboardEvent } from 'react';

/** For `onKeyDown` of what holds the rows, which are marked with `data-row`. */
export function moveByArrows(event: KeyboardEvent<HTMLElement>, choose = false): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === event.target);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const row = to === undefined ? undefined : rows[to];
  if (row === undefined) return;
  event.preventDefault();
  row.focus();
  if (choose) row.click();
}
