/** What a person sees of an error that cannot be sent back to the program that caused it. */
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { pageAnswer, type Page } from '../../authorization/pages/page.ts';
import { problemPage } from '../../authorization/pages/problem.ts';
import { site } from '../pages/site.ts';

export async function showPage(context: KoaContextWithOIDC, page: Page): Promise<void> {
  const { body, headers } = await pageAnswer(page, { site });
  context.set(headers);
  context.body = body;
}

/** The library's own description stays out: parts of it are what the peer sent. */
export function showError(context: KoaContextWithOIDC, { error }: ErrorOut): Promise<void> {
  return showPage(context, describe(error));
}

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
