/** What `app://fairlead/…` answers: the page's own files, with the policy that they are shown under. */
import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';

export const appScheme = 'app';
export const appOrigin = `${appScheme}://fairlead`;
export const appPage = `${appOrigin}/index.html`;

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** @param folder of the page's built files: what lies elsewhere is not there */
export async function answerApp({ method, url }: Request, folder: string): Promise<Response> {
  const file = method === 'GET' ? fileOf(url, folder) : undefined;
  const type = file === undefined ? undefined : types[extname(file)];
  if (file === undefined || type === undefined) return new Response(null, { status: 404 });
  try {
    return new Response(await readFile(file), {
      headers: {
        'Content-Type': type,
        'Content-Security-Policy': contentSecurityPolicy,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cache-Control': 'no-store',
      },
    });
  } catch {
    return new Response(null, { status: 404 });
  }
}

/** `%2e%2e%2f` comes out of decoding as a way up: only then it is seen where a path leads. */
function fileOf(address: string, folder: string): string | undefined {
  const { protocol: asked, host, pathname } = new URL(address);
  if (`${asked}//${host}` !== appOrigin) return undefined;
  try {
    const path = decodeURIComponent(pathname);
    const file = resolve(join(folder, path));
    return file.startsWith(resolve(folder) + sep) && !path.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}
