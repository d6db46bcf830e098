/** The page that asks for the password. */
import { html } from 'hono/html';
import type { Page } from './page.ts';

export interface SignInView {
  /** Where its forms go: the interaction's own address. */
  readonly action: string;
  readonly formToken: string;
  /** The program that wants in, by the name that it gave itself. */
  readonly app: string;
  readonly email?: string | undefined;
  readonly problem?: string | undefined;
}

export function signInPage({ action, formToken, app, email = '', problem }: SignInView): Page {
  const mark = problem === undefined ? '' : html`aria-invalid="true" aria-describedby="problem"`;
  // The cursor stands where something is missing.
  const [atEmail, atPassword] = email === '' ? [html`autofocus`, ''] : ['', html`autofocus`];
  return {
    title: problem === undefined ? 'Sign in' : 'Could not sign in',
    content: html`<h1>Sign in</h1>
      <p>to continue to <strong>${app}</strong></p>
      ${problem === undefined ? '' : html`<p class="notice" id="problem" role="alert">${problem}</p>`}
      <form method="post" action="${action}/sign-in">
        <input type="hidden" name="form_token" value="${formToken}" />
        <label for="email">E-mail</label>
        <input
          id="email"
          name="email"
          type="email"
          autocomplete="username"
          spellcheck="false"
          required
          maxlength="254"
          value="${email}"
          ${atEmail}
        />
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          maxlength="1024"
          ${mark}
          ${atPassword}
        />
        <button class="main" type="submit">Sign in</button>
      </form>
      <form method="post" action="${action}/deny">
        <input type="hidden" name="form_token" value="${formToken}" />
        <button type="submit">Cancel</button>
      </form>`,
  };
}

export const wrongPassword = 'E-mail and password do not belong together. Try again.';

export function tooManyTries(waitSeconds: number): string {
  const minutes = Math.ceil(waitSeconds / 60);
  return `Too many tries. Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, then try again.`;
}
