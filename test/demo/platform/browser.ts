/** A browser as far as a sign-in needs one: follows redirects, keeps cookies, sends forms. */

export interface WebPage {
  /** Where the redirects ended. A program's callback is not visited: that is where they end too. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly forms: readonly Form[];
}

interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Browser {
  open(address: string | URL): Promise<WebPage>;
  /** @param named what the form's address ends with, or `last` */
  submit(page: WebPage, named: string, fields?: Readonly<Record<string, string>>): Promise<WebPage>;
}

export const callback = 'http://127.0.0.1:43210/callback';

export function createBrowser(): Browser {
  const jar = new Map<string, { path: string; pair: string }>();

  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const path = attributes.find((each) => each.startsWith('path='))?.slice(5) ?? '/';
      const [name = '', value] = pair.split('=');
      const key = `${path} ${name}`;
      if (value === '') jar.delete(key);
      else jar.set(key, { path, pair });
    }
  };
  const cookiesFor = ({ pathname }: URL) =>
    [...jar.values()]
      .filter(({ path }) => pathname === path || pathname.startsWith(path.replace(/\/?$/, '/')))
      .map(({ pair }) => pair)
      .join('; ');

  const visit = async (address: URL, form?: URLSearchParams): Promise<WebPage> => {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: {
        cookie: cookiesFor(address),
        accept: 'text/html',
        ...(form && { origin: address.origin }),
      },
      ...(form && { method: 'POST', body: form }),
    });
    keep(response);
    const location = response.headers.get('location');
    const { status, headers } = response;
    if (location === null) {
      const text = await response.text();
      return { url: address, status, headers, text, forms: formsOf(text) };
    }
    await response.body?.cancel();
    const next = new URL(location, address);
    if (next.origin !== address.origin) return { url: next, status, headers, text: '', forms: [] };
    return visit(next);
  };

  return {
    open: (address) => visit(new URL(address)),
    submit(page, named, fields = {}) {
      const form =
        named === 'last' ? page.forms.at(-1) : page.forms.find(({ action }) => action.endsWith(named));
      if (form === undefined) throw new Error(`The page has no form ${named}:\n${page.text}`);
      return visit(new URL(form.action, page.url), new URLSearchParams({ ...form.fields, ...fields }));
    },
  };
}

function formsOf(text: string): Form[] {
  return [...text.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(([, head = '', body = '']) => ({
    action: attribute(head, 'action'),
    fields: Object.fromEntries(
      [...body.matchAll(/<(?:input|button)([^>]*)>/gs)]
        .map(([, tag = '']) => [attribute(tag, 'name'), attribute(tag, 'value')] as const)
        .filter(([name]) => name !== ''),
    ),
  }));
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? '';
}
