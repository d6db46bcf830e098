/** The page for when a sign-in cannot go on. */
import { html } from 'hono/html';
import { icon } from './icons.ts';
import type { Page } from './page.ts';

export interface Problem {
  readonly title: string;
  readonly advice: string;
  /** OAuth's name for it, for whoever is asked for help. */
  readonly code?: string;
  /** Nothing went wrong: the person wanted it so. */
  readonly calm?: boolean;
}

export function problemPage({ title, advice, code, calm = false }: Problem): Page {
  return {
    title,
    content: html`${icon('stop', calm ? 'icon calm' : 'icon bad')}
      <h1>${title}</h1>
      <p>${advice}</p>
      ${code === undefined ? '' : html`<p class="fine"><code>${code}</code></p>`}`,
  };
}
