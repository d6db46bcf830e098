/** Between a program's request and its answer: the person signs in, here or at GitHub, and says yes or no. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { askedFor, grantAll, textParam } from '../../authorization/grant.ts';
import {
  denied,
  expiredPage,
  finish,
  formOf,
  openInteraction,
  textOf,
  type InteractionEnv,
  type PageContext,
} from '../../authorization/interactions.ts';
import { consentPage } from '../../authorization/pages/consent.ts';
import { signInPage, tooManyTries, wrongPassword } from '../../authorization/pages/sign-in.ts';
import type { Seals } from '../../authorization/seals.ts';
import { createSignInLimit } from '../../authorization/sign-in-limit.ts';
import type { Passwords, People } from './people.ts';
import { answer } from './site.ts';
import type { Upstream } from './upstream.ts';

export type SignIn = { readonly passwords: Passwords } | { readonly upstream: Upstream };

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
  const ended = (context: PageContext, status: 400 | 403 | 404 | 413 | 503) =>
    answer(context, expiredPage, { status });
  app.use(bodyLimit({ maxSize: 16 * 1_024, onError: (context: PageContext) => ended(context, 413) }));
  app.use(
    '/interaction/:uid/*',
    openInteraction(provider, { seals, refuse: (context) => ended(context, 403) }),
  );

  app.get('/interaction/:uid', async (context) => {
    const interaction = context.get('interaction');
    const leadsTo = textParam(interaction, 'redirect_uri') ?? '';
    if (interaction.prompt.name === 'login') {
      if ('upstream' in signIn)
        return context.redirect(signIn.upstream.authorizeUrl(interaction.uid).href, 303);
      return answer(context, signInPage(await formOf(deps, interaction)), { leadsTo });
    }
    const { oidcScopes, resourceScopes } = askedFor(interaction);
    const client = await provider.Client.find(textParam(interaction, 'client_id') ?? '');
    const person = people.byId(interaction.session?.accountId ?? '');
    const page = consentPage({
      ...(await formOf(deps, interaction)),
      who: person?.verifiedEmail ?? person?.id ?? '',
      where: 'this container',
      scopes: [...oidcScopes, ...Object.values(resourceScopes).flat()],
      staysSignedIn: client?.grantTypeAllowed('refresh_token') ?? false,
      returnsTo: new URL(leadsTo).hostname,
      canSwitch: false,
    });
    return answer(context, page, { leadsTo });
  });

  app.post('/interaction/:uid/sign-in', async (context) => {
    const interaction = context.get('interaction');
    if (interaction.prompt.name !== 'login' || !('passwords' in signIn)) return ended(context, 400);
    const fields = await context.req.parseBody();
    const [email, password] = [textOf(fields['email']), textOf(fields['password'])];
    const again = async (status: 422 | 429, problem: string) => {
      const page = signInPage({ ...(await formOf(deps, interaction)), email, problem });
      return answer(context, page, { status, leadsTo: textParam(interaction, 'redirect_uri') });
    };
    const attempt = { email, address: context.env.incoming.socket.remoteAddress ?? '' };
    const waitSeconds = limit.begin(attempt);
    if (waitSeconds > 0) {
      context.header('Retry-After', String(waitSeconds));
      return again(429, tooManyTries(waitSeconds));
    }
    const person = signIn.passwords.match(email, password);
    if (person === undefined) return again(422, wrongPassword);
    limit.succeeded(attempt);
    return finish(provider, context, { login: { accountId: person.id } });
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
    const { uid, prompt } = context.get('interaction');
    const { state = '', code = '' } = context.req.query();
    const isOurs = prompt.name === 'login' && seals.matches('state', uid, state.split('.')[1]);
    if (!isOurs || !('upstream' in signIn)) return ended(context, 400);
    const person = code === '' ? undefined : await signIn.upstream.personOf(uid, code);
    if (person === undefined) return finish(provider, context, denied);
    people.remember(person);
    return finish(provider, context, { login: { accountId: person.id } });
  });

  app.post('/interaction/:uid/allow', async (context) => {
    const interaction = context.get('interaction');
    if (interaction.prompt.name !== 'consent') return ended(context, 400);
    return finish(provider, context, { consent: { grantId: await grantAll(provider, interaction) } });
  });
  app.post('/interaction/:uid/deny', (context) => finish(provider, context, denied));

  app.notFound((context) => ended(context, 404));
  app.onError((thrown, context) => {
    if (thrown instanceof errors.OIDCProviderError) return ended(context, 400);
    deps.report(thrown);
    return ended(context, 503);
  });
  return app;
}
