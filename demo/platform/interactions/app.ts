/** The pages between a program's request and its answer: sign in, allow. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type Provider from 'oidc-provider';
import { errors, type Interaction } from 'oidc-provider';
import { signIn, type Accounts } from '../accounts.ts';
import type { Audit } from '../audit.ts';
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
import { grantAll, textParam } from '../../authorization/grant.ts';
import { signInPage, tooManyTries, wrongPassword } from '../../authorization/pages/sign-in.ts';
import type { Seals } from '../../authorization/seals.ts';
import type { SignInLimit } from '../../authorization/sign-in-limit.ts';
import { answer } from '../pages/site.ts';
import type { ContainerDirectory } from '../resources.ts';
import { describeConsent } from './consent.ts';

export interface InteractionDeps {
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly containers: ContainerDirectory;
  readonly limit: SignInLimit;
  readonly seals: Seals;
  readonly audit: Audit;
  readonly report: (thrown: unknown) => void;
}

export function createInteractions(deps: InteractionDeps): Hono<InteractionEnv> {
  const { provider, accounts, limit, seals, audit } = deps;
  const app = new Hono<InteractionEnv>();

  // An oversized body is refused before anything is looked up.
  app.use(
    bodyLimit({
      maxSize: 16 * 1_024,
      onError: (context: PageContext) => answer(context, expiredPage, { status: 413 }),
    }),
  );
  app.use(
    '/interaction/:uid/*',
    openInteraction(provider, {
      seals,
      refuse: (context) => answer(context, expiredPage, { status: 403 }),
    }),
  );
  const isAt = ({ prompt }: Interaction, name: 'login' | 'consent') => prompt.name === name;

  app.get('/interaction/:uid', async (context) => {
    const interaction = context.get('interaction');
    const leadsTo = textParam(interaction, 'redirect_uri');
    if (isAt(interaction, 'login')) {
      const email = textParam(interaction, 'login_hint');
      return answer(context, signInPage({ ...(await formOf(deps, interaction)), email }), { leadsTo });
    }
    return answer(context, await describeConsent(deps, interaction, await formOf(deps, interaction)), {
      leadsTo,
    });
  });

  app.post('/interaction/:uid/sign-in', async (context) => {
    const interaction = context.get('interaction');
    if (!isAt(interaction, 'login')) return context.redirect(`/interaction/${interaction.uid}`, 303);
    const fields = await context.req.parseBody();
    const [email, password] = [textOf(fields['email']), textOf(fields['password'])];
    const again = async (status: 422 | 429, problem: string) => {
      const page = signInPage({ ...(await formOf(deps, interaction)), email, problem });
      return answer(context, page, { status, leadsTo: textParam(interaction, 'redirect_uri') });
    };

    const attempt = { email, address: context.env.incoming.socket.remoteAddress ?? '' };
    const waitSeconds = limit.begin(attempt);
    const { address } = attempt;
    if (waitSeconds > 0) {
      audit({ event: 'sign_in', outcome: 'refused', address });
      context.header('Retry-After', String(waitSeconds));
      return again(429, tooManyTries(waitSeconds));
    }
    const account = await signIn(accounts, { email, password });
    if (account === undefined) {
      // Not what was typed: a password lands in the wrong field now and then.
      audit({ event: 'sign_in', outcome: 'failed', address });
      return again(422, wrongPassword);
    }
    limit.succeeded(attempt);
    audit({ event: 'sign_in', outcome: 'ok', user: account.id, address });
    const signedIn = interaction.session?.accountId;
    if (signedIn !== undefined && signedIn !== account.id) return startOver(context, interaction);
    return finish(provider, context, { login: { accountId: account.id, amr: ['pwd'] } });
  });

  app.post('/interaction/:uid/allow', async (context) => {
    const interaction = context.get('interaction');
    if (!isAt(interaction, 'consent')) return context.redirect(`/interaction/${interaction.uid}`, 303);
    return finish(provider, context, { consent: { grantId: await grantAll(provider, interaction) } });
  });

  app.post('/interaction/:uid/deny', (context) => finish(provider, context, denied));
  app.post('/interaction/:uid/switch', (context) => startOver(context, context.get('interaction')));

  /** Ends the browser's session here, not the sign-ins that came of it, and asks the program's question anew. */
  const startOver = async (context: PageContext, interaction: Interaction) => {
    const uid = interaction.session?.uid;
    if (uid !== undefined) await (await provider.Session.findByUid(uid))?.destroy();
    await interaction.destroy();
    if (interaction.deviceCode !== undefined) return answer(context, expiredPage, { status: 400 });
    const params = Object.entries(interaction.params).flatMap(([name, value]) =>
      [value].flat().flatMap((each): [string, string][] => (typeof each === 'string' ? [[name, each]] : [])),
    );
    return context.redirect(`/authorize?${new URLSearchParams(params).toString()}`, 303);
  };

  app.notFound((context) => answer(context, expiredPage, { status: 404 }));
  app.onError((thrown, context) => {
    if (thrown instanceof errors.OIDCProviderError) return answer(context, expiredPage, { status: 400 });
    deps.report(thrown);
    return answer(context, expiredPage, { status: 500 });
  });
  return app;
}
