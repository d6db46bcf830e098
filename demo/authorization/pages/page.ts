/** The frame around every page, and how the browser gets it. */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { pageHeaders } from './headers.ts';
import { style } from './style.ts';

/** What `html` of hono makes: text in which every value was escaped. */
export type Html = ReturnType<typeof html>;

/** Whose pages they are. */
export interface Site {
  readonly name: string;
  /** At the foot of each. */
  readonly note: string;
}

export interface Page {
  readonly title: string;
  readonly content: Html;
}

// The policy knows it by its hash, so not a space may come between the style sheet and its element.
const styleElement = raw(`<style>${style}</style>`);
const styleHash = createHash('sha256').update(style).digest('base64');

async function renderPage({ title, content }: Page, { name, note }: Site): Promise<string> {
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${name}</title>
        ${styleElement}
      </head>
      <body>
        <header class="brand">${brandMark}<span>${name}</span></header>
        <main>${content}</main>
        <footer>${note}</footer>
      </body>
    </html>`;
  return page.toString();
}

/**
 * @param terms.leadsTo where sending a form may lead in the end: browsers hold `form-action` against redirects too, and
 *   a finished sign-in redirects to the program that asked for it
 */
export async function pageAnswer(
  page: Page,
  { site, leadsTo }: { site: Site; leadsTo?: string | undefined },
): Promise<{ body: string; headers: Record<string, string> }> {
  return { body: await renderPage(page, site), headers: pageHeaders({ leadsTo, styleHash }) };
}

/** A rope through a fairlead. */
const brandMark = html`<svg
  viewBox="0 0 24 24"
  fill="none"
  stroke="currentColor"
  stroke-width="2"
  aria-hidden="true"
>
  <circle cx="12" cy="12" r="6.5" />
  <path d="M1.5 17.5c5-.5 5.5-5.5 10.5-5.5s5.5-5 10.5-5.5" stroke-linecap="round" />
</svg>`;
