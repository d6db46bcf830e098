/** What the browser shows at the end of a sign-in. Constant: nothing that came with the request is in it. */
import { createHash } from 'node:crypto';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}';

export const acceptedPage = page('You can close this tab', 'Fairlead has the answer and goes on from here.');
export const refusedPage = page('Not a sign-in', 'Fairlead did not ask for this, so it was ignored.');

export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${digest(style)}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function page(title: string, sentence: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style><h1>${title}</h1><p>${sentence}</p></html>\n`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
