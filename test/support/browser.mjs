#!/usr/bin/env node
/**
 * The browser of a person who agrees to everything: given a URL as FAIRLEAD_BROWSER is, it follows redirects, keeps
 * cookies and posts the forms it meets until a page has none. BROWSER_LOG names a file that gets a line per start.
 */
import { appendFileSync } from 'node:fs';

const { fetch, URLSearchParams } = globalThis;

const [start] = process.argv.slice(2);
if (process.argv.length !== 3) process.exit(2);
if (process.env.BROWSER_LOG !== undefined) appendFileSync(process.env.BROWSER_LOG, `${start}\n`);
if (process.env.BROWSER_MODE === 'closed') process.exit(0);

/** By origin: 127.0.0.1 is the issuer and the callback both. */
const cookies = new Map();

async function visit(url, init = {}) {
  const { origin } = new URL(url);
  const jar = cookies.get(origin) ?? new Map();
  cookies.set(origin, jar);
  const headers = { ...init.headers, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };
  const response = await fetch(url, { ...init, headers, redirect: 'manual' });
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  const to = response.headers.get('location');
  if (to !== null) return visit(new URL(to, url).href);
  return { url, text: await response.text() };
}

let page = await visit(start);
for (let steps = 0; steps < 10; steps += 1) {
  const [, attributes, inside] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page.text) ?? [];
  if (attributes === undefined) break;
  const action = /action="([^"]+)"/.exec(attributes)?.[1] ?? page.url;
  const fields = new URLSearchParams();
  for (const [, input] of inside.matchAll(/<input([^>]*)>/g)) {
    const name = /name="([^"]+)"/.exec(input)?.[1];
    if (name !== undefined)
      fields.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? process.env.BROWSER_CODE ?? 'me');
  }
  page = await visit(new URL(action.replaceAll('&amp;', '&'), page.url).href, {
    method: 'POST',
    body: fields,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}
