#!/usr/bin/env node
// A person with a browser, in a script: opens the URL, signs in, allows, and goes where that leads. For the demo where
// there is no display, and as FAIRLEAD_BROWSER for tests. Who signs in: FAIRLEAD_DEMO_EMAIL, FAIRLEAD_DEMO_PASSWORD.
import { setTimeout as sleep } from 'node:timers/promises';
import { URLSearchParams } from 'node:url';

const { FAIRLEAD_DEMO_EMAIL: email = 'maya@example.com', FAIRLEAD_DEMO_PASSWORD: password } = process.env;
const loopback = ['127.0.0.1', '[::1]', 'localhost'];
const maxPages = 30;

/** By origin, then by path, then by name: a jar that is as strict as these pages need. */
const jar = new Map();

function keepCookies(/** @type {URL} */ url, /** @type {Response} */ response) {
  for (const line of response.headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const named = Object.fromEntries(attributes.map((each) => each.toLowerCase().split('=', 2)));
    const path = attributes.find((each) => /^path=/i.test(each))?.slice('path='.length) ?? '/';
    const key = `${url.origin} ${path} ${pair.slice(0, at)}`;
    if (pair.slice(at + 1) === '' || Date.parse(named.expires ?? '') < Date.now()) jar.delete(key);
    else jar.set(key, { origin: url.origin, path, pair });
  }
}

function cookiesFor(/** @type {URL} */ url) {
  const fits = (/** @type {{ origin: string, path: string }} */ { origin, path }) =>
    origin === url.origin && (url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')));
  return [...jar.values()].filter(fits).map(({ pair }) => pair);
}

/** One request, and the GETs that its redirects ask for. */
async function visit(/** @type {URL} */ url, /** @type {URLSearchParams | undefined} */ form) {
  for (let page = 0; page < maxPages; page += 1) {
    // A password is for the platform on this machine, whatever URL this program was given.
    if (!loopback.includes(url.hostname))
      throw new Error(`will not go to ${url.host}, which is not this machine`);
    const cookies = cookiesFor(url);
    const headers = { ...(cookies.length > 0 && { cookie: cookies.join('; ') }), accept: 'text/html' };
    const response = await globalThis.fetch(url, {
      redirect: 'manual',
      headers: form === undefined ? headers : { ...headers, origin: url.origin },
      ...(form !== undefined && { method: 'POST', body: form }),
    });
    keepCookies(url, response);
    const location = response.headers.get('location');
    if (location === null) return { url, status: response.status, text: await response.text() };
    await response.body?.cancel();
    url = new URL(location, url);
    form = undefined;
  }
  throw new Error('was redirected without end');
}

/** The page's first form is what it is for; what comes after it is the way out. */
function firstForm(/** @type {string} */ text) {
  const [, head = '', body = ''] = /<form([^>]*)>(.*?)<\/form>/s.exec(text.replace(switchAccount, '')) ?? [];
  const action = attribute(head, 'action');
  if (action === undefined) return undefined;
  const fields = [...body.matchAll(/<input([^>]*)>/gs)].map(([, tag = '']) => [
    attribute(tag, 'name') ?? '',
    attribute(tag, 'value') ?? '',
  ]);
  return { action, fields: Object.fromEntries(fields) };
}
const switchAccount = /<form[^>]*\/switch"[^>]*>.*?<\/form>/s;

function attribute(/** @type {string} */ tag, /** @type {string} */ name) {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

async function run(/** @type {string} */ address) {
  let page = await visit(new URL(address), undefined);
  for (let count = 0; count < maxPages; count += 1) {
    if (page.status >= 400)
      throw new Error(`met status ${page.status} at ${page.url.origin}${page.url.pathname}`);
    const form = firstForm(page.text);
    if (form === undefined) return;
    const { fields, action } = form;
    if ('password' in fields) {
      if (password === undefined) throw new Error('needs FAIRLEAD_DEMO_PASSWORD to sign in');
      Object.assign(fields, { email, password });
    }
    if (fields.user_code === '') throw new Error('was given a device page without its code');
    // People are not that fast, but nearly.
    await sleep(20);
    page = await visit(new URL(action, page.url), new URLSearchParams(fields));
  }
  throw new Error('met forms without end');
}

try {
  await run(process.argv[2] ?? '');
} catch (thrown) {
  console.error(`scripted browser: ${thrown instanceof Error ? thrown.message : 'failed'}`);
  process.exitCode = 1;
}
