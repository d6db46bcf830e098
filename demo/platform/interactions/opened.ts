/** Before any page of an interaction: it is this browser's own, and a form that comes was made for it. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type Provider from 'oidc-provider';
import { errors, type Interaction } from 'oidc-provider';
import { pageHeaders, renderPage, type Page } from '../pages/page.ts';
import { expiredPage } from './error.ts';
import type { FormTokens } from './form-token.ts';

export interface InteractionEnv {
  Bindings: HttpBindings;
  Variables: { interaction: Interaction };
}

/** Puts the interaction into the context. Throws SessionNotFound where the browser's cookie names none, or another. */
export function openInteraction(
  provider: Provider,
  formTokens: FormTokens,
): MiddlewareHandler<InteractionEnv, '/interaction/:uid/*'> {
  const ourOrigin = new URL(provider.issuer).origin;
  return async (context, next) => {
    const { incoming, outgoing } = context.env;
    const interaction = await provider.interactionDetails(incoming, outgoing);
    if (interaction.uid !== context.req.param('uid')) throw new errors.SessionNotFound('another interaction');
    if (context.req.method === 'POST') {
      const fields = await context.req.parseBody();
      const origin = context.req.header('origin') ?? ourOrigin;
      const isOurForm = origin === ourOrigin && formTokens.matches(interaction.uid, fields['form_token']);
      if (!isOurForm) return answer(context, expiredPage, { status: 403 });
    }
    context.set('interaction', interaction);
    return next();
  };
}

type PageStatus = 200 | 400 | 403 | 404 | 413 | 422 | 429 | 500;

/** @param options.leadsTo see pageHeaders */
export async function answer(
  context: Context<InteractionEnv>,
  page: Page,
  { status = 200, leadsTo }: { status?: PageStatus; leadsTo?: string | undefined } = {},
): Promise<Response> {
  return context.body(await renderPage(page), status, pageHeaders(leadsTo));
}
