/** Between a program's request and its answer: that it is this browser's own, that a form is ours, and how it ends. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type Provider from 'oidc-provider';
import { errors, type Interaction, type InteractionResults } from 'oidc-provider';
import { appName } from './app-name.ts';
import { pageAnswer, type Page, type Site } from './pages/page.ts';
import { problemPage } from './pages/problem.ts';
import type { Seals } from './seals.ts';

export interface InteractionEnv {
  Bindings: HttpBindings;
  Variables: { interaction: Interaction };
}
export type PageContext = Context<InteractionEnv>;
type PageStatus = 200 | 400 | 403 | 404 | 413 | 422 | 429 | 500 | 503;

/** How a sign-in ends that the person does not want. */
export const denied = { error: 'access_denied', error_description: 'The person said no.' };

export const expiredPage = problemPage({
  title: 'This sign-in has ended',
  advice:
    'It took too long, or was finished in another tab. Go back to the program and sign in from there again.',
});

/** @returns answers with a page; `leadsTo`: see pageAnswer */
export function answersOf(site: Site) {
  return async (
    context: PageContext,
    page: Page,
    { status = 200, leadsTo }: { status?: PageStatus; leadsTo?: string | undefined } = {},
  ): Promise<Response> => {
    const { body, headers } = await pageAnswer(page, { site, leadsTo });
    return context.body(body, status, headers);
  };
}

/**
 * Before any page of an interaction: puts it into the context. Throws SessionNotFound where the browser's cookie names
 * none, or another.
 * @param terms.refuse answers a form that is not ours: sent from another site, or made for another sign-in
 */
export function openInteraction(
  provider: Provider,
  { seals, refuse }: { seals: Seals; refuse: (context: PageContext) => Promise<Response> },
): MiddlewareHandler<InteractionEnv, '/interaction/:uid/*'> {
  const ourOrigin = new URL(provider.issuer).origin;
  return async (context, next) => {
    const { incoming, outgoing } = context.env;
    const interaction = await provider.interactionDetails(incoming, outgoing);
    if (interaction.uid !== context.req.param('uid')) throw new errors.SessionNotFound('another interaction');
    if (context.req.method === 'POST') {
      const fields = await context.req.parseBody();
      const isFromHere = (context.req.header('origin') ?? ourOrigin) === ourOrigin;
      if (!isFromHere || !seals.matches('form', interaction.uid, fields['form_token']))
        return refuse(context);
    }
    context.set('interaction', interaction);
    return next();
  };
}

/** What every form of an interaction has in it, and the name of the program that it is about. */
export async function formOf(
  { provider, seals }: { provider: Provider; seals: Seals },
  { uid, params }: Interaction,
): Promise<{ action: string; formToken: string; app: string }> {
  return {
    action: `/interaction/${uid}`,
    formToken: seals.make('form', uid),
    app: appName(await provider.Client.find(String(params['client_id']))),
  };
}

/** Sends the browser back to the program. */
export async function finish(
  provider: Provider,
  context: PageContext,
  result: InteractionResults,
): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const merge = { mergeWithLastSubmission: result.login === undefined };
  return context.redirect(await provider.interactionResult(incoming, outgoing, result, merge), 303);
}

/** A field of a form: a file is none of ours. */
export function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}
