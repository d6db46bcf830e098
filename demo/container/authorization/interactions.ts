/** Between a program's request and its answer: the person signs in, here or at GitHub, and says yes or no. */
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type Provider from 'oidc-provider';
import { errors, type Interaction, type InteractionResults } from 'oidc-provider';
import { appName } from '../../platform/interactions/app-name.ts';
import { askedFor, grantAll, textParam } from '../../platform/interactions/grant.ts';
import { createSignInLimit } from '../../platform/sign-in-limit.ts';
import { consentPage, endedPage, pageHeaders, signInPage, type FormParts, type Html } from './pages.ts';
import type { Passwords, People } from './people.ts';
import type { Seals } from './sealed-uid.ts';
import type { Upstream } from './upstream.ts';

export type SignIn = { readonly passwords: Passwords } | { readonly upstream: Upstream };

export interface InteractionEnv {
  Bindings: HttpBindings;
}
type PageContext = Context<InteractionEnv>;

const denied = { error: 'access_denied', error_description: 'The person said no.' };

export function createInteractions(deps: {
  provider: Provider;
  people: People;
  signIn: SignIn;
  seals: Seals;
  report: (thrown: unknown) => void;
}): Hono<InteractionEnv> {
  const { provider, people, signIn, seals } = deps;
  const limit = createSignInLimit();
  const app = new Hono<InteractionEnv>();
  app.use(bodyLimit({ maxSize: 16 * 1_024, onError: (context: PageContext) => ended(context, 413) }));

  /** Throws SessionNotFound where the browser's cookie names no sign-in, or another. */
  const open = async (context: PageContext): Promise<Interaction> => {
    const interaction = await provider.interactionDetails(context.env.incoming, context.env.outgoing);
    if (interaction.uid !== context.req.param('uid')) throw new errors.SessionNotFound('another interaction');
    return interaction;
  };
  /** Throws SessionNotFound for a form that is not ours: sent from another site, or made for another sign-in. */
  const openForm = async (context: PageContext, prompt?: 'login' | 'consent') => {
    const interaction = await open(context);
    const fields = await context.req.parseBody();
    const ourOrigin = new URL(provider.issuer).origin;
    const isOurs =
      (context.req.header('origin') ?? ourOrigin) === ourOrigin &&
      seals.matches('form', interaction.uid, fields['form_token']) &&
      (prompt === undefined || interaction.prompt.name === prompt);
    if (!isOurs) throw new errors.SessionNotFound('not our form');
    return { interaction, fields };
  };
  const formOf = async ({ uid, params }: Interaction): Promise<FormParts> => ({
    action: `/interaction/${uid}`,
    formToken: seals.make('form', uid),
    app: appName(await provider.Client.find(String(params['client_id']))),
  });
  const finish = async (context: PageContext, result: InteractionResults) => {
    const { incoming, outgoing } = context.env;
    const merge = { mergeWithLastSubmission: result.login === undefined };
    return context.redirect(await provider.interactionResult(incoming, outgoing, result, merge), 303);
  };

  app.get('/interaction/:uid', async (context) => {
    const interaction = await open(context);
    const returnsTo = textParam(interaction, 'redirect_uri') ?? '';
    if (interaction.prompt.name === 'login') {
      if ('upstream' in signIn)
        return context.redirect(signIn.upstream.authorizeUrl(interaction.uid).href, 303);
      return show(context, signInPage(await formOf(interaction)), { leadsTo: returnsTo });
    }
    const { oidcScopes, resourceScopes } = askedFor(interaction);
    const person = people.byId(interaction.session?.accountId ?? '');
    const asked = {
      person: person?.verifiedEmail ?? person?.id ?? '',
      scopes: [...oidcScopes, ...Object.values(resourceScopes).flat()],
      returnsTo: new URL(returnsTo).host,
    };
    return show(context, consentPage(await formOf(interaction), asked), { leadsTo: returnsTo });
  });

  app.post('/interaction/:uid/sign-in', async (context) => {
    const { interaction, fields } = await openForm(context, 'login');
    if (!('passwords' in signIn)) return ended(context, 404);
    const [email, password] = [fields['email'], fields['password']].map((each) =>
      typeof each === 'string' ? each : '',
    ) as [string, string];
    const again = async (status: 422 | 429, problem: string) =>
      show(context, signInPage(await formOf(interaction), problem), {
        status,
        leadsTo: textParam(interaction, 'redirect_uri'),
      });
    const attempt = { email, address: context.env.incoming.socket.remoteAddress ?? '' };
    if (limit.begin(attempt) > 0) return again(429, 'Too many tries. Wait a few minutes, then try again.');
    const person = signIn.passwords.match(email, password);
    if (person === undefined) return again(422, 'E-mail and password do not belong together. Try again.');
    limit.succeeded(attempt);
    return finish(context, { login: { accountId: person.id } });
  });

  // GitHub knows one address to come back to; the cookie of the sign-in is below the address of its own.
  app.get('/callback', (context) => {
    const { state = '', code = '' } = context.req.query();
    const [uid = ''] = state.split('.');
    if (!/^[\w-]{10,64}$/.test(uid)) return ended(context, 400);
    const query = new URLSearchParams({ state, code });
    return context.redirect(`/interaction/${uid}/upstream?${query.toString()}`, 303);
  });
  app.get('/interaction/:uid/upstream', async (context) => {
    // The cookie shows that it is the browser that began: a code from elsewhere would sign in somebody else here.
    const { uid, prompt } = await open(context);
    const { state = '', code = '' } = context.req.query();
    const isOurs = prompt.name === 'login' && seals.matches('state', uid, state.split('.')[1]);
    if (!isOurs || !('upstream' in signIn)) return ended(context, 400);
    const person = code === '' ? undefined : await signIn.upstream.personOf(uid, code);
    if (person === undefined) return finish(context, denied);
    people.remember(person);
    return finish(context, { login: { accountId: person.id } });
  });

  app.post('/interaction/:uid/allow', async (context) => {
    const { interaction } = await openForm(context, 'consent');
    return finish(context, { consent: { grantId: await grantAll(provider, interaction) } });
  });
  app.post('/interaction/:uid/deny', async (context) => {
    await openForm(context);
    return finish(context, denied);
  });

  app.notFound((context) => ended(context, 404));
  app.onError((thrown, context) => {
    if (thrown instanceof errors.OIDCProviderError) return ended(context, 400);
    deps.report(thrown);
    return ended(context, 503);
  });
  return app;
}

type PageStatus = 200 | 400 | 404 | 413 | 422 | 429 | 503;

async function show(
  context: PageContext,
  page: Html,
  { status = 200, leadsTo }: { status?: PageStatus; leadsTo?: string | undefined } = {},
): Promise<Response> {
  return context.body((await page).toString(), status, pageHeaders(leadsTo));
}

function ended(context: PageContext, status: PageStatus): Promise<Response> {
  return show(context, endedPage(), { status });
}
