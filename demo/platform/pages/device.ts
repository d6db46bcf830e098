/** The pages for signing in a device that has no browser (RFC 8628): its code, whether it is that, and done. */
import { html } from 'hono/html';
import { icon } from '../../authorization/pages/icons.ts';
import type { Page } from '../../authorization/pages/page.ts';

export interface DeviceView {
  readonly action: string;
  /** oidc-provider's own token against forged forms. */
  readonly xsrf: string;
}

/** @param view.code what a link (RFC 8628 §3.3.1) or an earlier try filled in */
export function deviceCodePage(view: DeviceView & { code: string; problem?: string | undefined }): Page {
  const { action, xsrf, code, problem } = view;
  const mark = problem === undefined ? '' : html`aria-invalid="true" aria-describedby="problem"`;
  return {
    title: 'Connect a device',
    content: html`<h1>Connect a device</h1>
      <p>Enter the code that your device or terminal shows.</p>
      ${problem === undefined ? '' : html`<p class="notice" id="problem" role="alert">${problem}</p>`}
      <form method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <label for="user_code">Code</label>
        <input
          class="code"
          id="user_code"
          name="user_code"
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck="false"
          placeholder="XXXX-XXXX"
          required
          maxlength="20"
          value="${code}"
          ${mark}
          autofocus
        />
        <button class="main" type="submit">Continue</button>
      </form>
      <p class="fine">
        Did someone send you this code? Then close this page: it would sign in their device as you.
      </p>`,
  };
}

export function deviceConfirmPage(view: DeviceView & { code: string; app: string }): Page {
  const { action, xsrf, code, app } = view;
  const fields = html`<input type="hidden" name="xsrf" value="${xsrf}" />
    <input type="hidden" name="user_code" value="${code}" />`;
  return {
    title: 'Compare the code',
    content: html`<h1>Does your device show this code?</h1>
      <p>It signs in <strong>${app}</strong> there.</p>
      <p class="shown-code">${code}</p>
      <form method="post" action="${action}">
        ${fields}<input type="hidden" name="confirm" value="yes" />
        <button class="main" type="submit">Yes, continue</button>
      </form>
      <form method="post" action="${action}">
        ${fields}<button type="submit" name="abort" value="yes">No, cancel</button>
      </form>
      <p class="fine">Continue only if you began this yourself, on a device that is yours.</p>`,
  };
}

export function deviceDonePage(app: string): Page {
  return {
    title: 'Signed in',
    content: html`${icon('done', 'icon')}
      <h1>${app} is signed in</h1>
      <p>Go back to your device. You can close this page.</p>`,
  };
}
