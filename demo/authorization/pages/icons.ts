/** The few pictures on the pages; each stands beside words that say the same. */
import { html, raw } from 'hono/html';
import type { Html } from './page.ts';

const shapes = {
  person: '<circle cx="12" cy="8" r="4"/><path d="M4 20c1.2-4 4.2-6 8-6s6.8 2 8 6"/>',
  tool: '<path d="M14.5 6.5a4 4 0 0 1 5-2.3l-2.6 2.6 1.3 2.3 2.3.1 1.3-2.2a4 4 0 0 1-5.5 5L9 19.3a2.1 2.1 0 0 1-3-3l7.3-7.3a4 4 0 0 1 1.2-2.5z"/>',
  page: '<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4M9 12h6M9 16h6"/>',
  data: '<ellipse cx="12" cy="6" rx="7" ry="3"/><path d="M5 6v12c0 1.7 3.1 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3"/>',
  clock: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
  done: '<circle cx="12" cy="12" r="9.5"/><path d="m8 12.3 2.7 2.7L16 9.5"/>',
  stop: '<circle cx="12" cy="12" r="9.5"/><path d="M12 7.5v5.2M12 16.2v.1"/>',
} as const;

export type IconName = keyof typeof shapes;

export function icon(name: IconName, className = ''): Html {
  return html`<svg
    class="${className}"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${raw(shapes[name])}
  </svg>`;
}
