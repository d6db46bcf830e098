/** The frame around every page, and the headers that keep it from doing anything but show forms. */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { style } from './style.ts';

/** What `html` of hono makes: text in which every value was escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  readonly content: Html;
}

// The policy knows it by its hash, so not a space may come between the style sheet and its element.
const styleElement = raw(`<style>${style}</style>`);
const styleHash = createHash('sha256').update(style).digest('base64');

export async function renderPage({ title, content }: Page): Promise<string> {
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Fairlead Platform</title>
        ${styleElement}
      </head>
      <body>
        <header class="brand">${brandMark}<span>Fairlead Platform</span></header>
        <main>${content}</main>
        <footer>Demo platform. It forgets everything when it stops.</footer>
      </body>
    </html>`;
  return page.toString();
}

/**
 * @param leadsTo where sending a form may lead in the end: browsers hold `form-action` against redirects too, and a
 *   finished sign-in redirects to the program that asked for it
 */
export function pageHeaders(leadsTo?: string): Record<string, string> {
  const formAction = ["'self'", ...(leadsTo === undefined ? [] : [originOf(leadsTo)])].join(' ');
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy':
      `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${formAction}; ` +
      "base-uri 'none'; frame-ancestors 'none'",
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    // Not no-referrer: a form would then be sent with `Origin: null`, which we refuse.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

/** As a source of the policy, which has no way to write an IPv6 address or an app's own scheme with a host. */
function originOf(address: string): string {
  const { protocol, hostname, origin } = new URL(address);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && !hostname.startsWith('[') ? origin : protocol;
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
