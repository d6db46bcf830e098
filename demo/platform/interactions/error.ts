/** What a person sees of an error that cannot be sent back to the program that caused it. */
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { pageHeaders, renderPage, type Page } from '../pages/page.ts';
import { problemPage } from '../pages/problem.ts';

export async function showPage(context: KoaContextWithOIDC, page: Page): Promise<void> {
  context.set(pageHeaders());
  context.body = await renderPage(page);
}

/** The library's own description stays out: parts of it are what the peer sent. */
export function showError(context: KoaContextWithOIDC, { error }: ErrorOut): Promise<void> {
  return showPage(context, describe(error));
}

export const expiredPage = problemPage({
  title: 'This sign-in has ended',
  advice:
    'It took too long, or was finished in another tab. Go back to the program and sign in from there again.',
});

function describe(error: string): Page {
  switch (error) {
    case 'invalid_client':
      return problem(
        'We do not know this program',
        'It has to register here again. Sign in anew from there.',
        error,
      );
    case 'invalid_redirect_uri':
      return problem(
        'We cannot send you back',
        'The program asked us to return to an address that it did not register. Nothing was shared with it.',
        error,
      );
    default:
      return /^(session_not_found|invalid_request)$/.test(error)
        ? problem('This sign-in cannot go on', 'Go back to the program and sign in from there again.', error)
        : problem('Something went wrong here', 'Wait a moment, then sign in again from the program.', error);
  }
}

function problem(title: string, advice: string, code: string): Page {
  return problemPage({ title, advice, code });
}
