/** The pages of the container's authorization server: plain forms, without a script. */
import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

export interface FormParts {
  readonly action: string;
  readonly formToken: string;
  /** What the program calls itself: anybody's words, made into a short line. */
  readonly app: string;
}

export function signInPage(form: FormParts, problem?: string): Html {
  return page(
    'Sign in',
    html`<p>${form.app} asks to use this container. Sign in to go on.</p>
      ${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
      <form method="post" action="${form.action}/sign-in">
        <input type="hidden" name="form_token" value="${form.formToken}" />
        <label>E-mail <input name="email" type="email" autocomplete="username" required autofocus /></label>
        <label
          >Password <input name="password" type="password" autocomplete="current-password" required
        /></label>
        <button>Sign in</button>
      </form>`,
  );
}

export function consentPage(
  form: FormParts,
  asked: { person: string; scopes: readonly string[]; returnsTo: string },
): Html {
  return page(
    'Let it in?',
    html`<p>${form.app} asks to use this container as ${asked.person}: ${asked.scopes.join(', ')}.</p>
      <p>You will be taken back to ${asked.returnsTo}. If you did not start this there, say no.</p>
      <form method="post" action="${form.action}/deny">
        <input type="hidden" name="form_token" value="${form.formToken}" />
        <button>No</button>
      </form>
      <form method="post" action="${form.action}/allow">
        <input type="hidden" name="form_token" value="${form.formToken}" />
        <button>Allow</button>
      </form>`,
  );
}

export function endedPage(): Html {
  return page('This sign-in has ended', html`<p>Go back to the program and sign in from there again.</p>`);
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Demo container</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}

/** @param leadsTo where a form may lead in the end: browsers hold `form-action` against redirects too */
export function pageHeaders(leadsTo: string | undefined): Record<string, string> {
  const formAction = ["'self'", ...(leadsTo === undefined ? [] : [sourceOf(leadsTo)])].join(' ');
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    // Not no-referrer: a form would then be sent with `Origin: null`, which we refuse.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

/** The policy has no way to write an IPv6 address. */
function sourceOf(address: string): string {
  const { protocol, hostname, origin } = new URL(address);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && !hostname.startsWith('[') ? origin : protocol;
}
