/** The pages between a program's request and its answer: sign in, allow. */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type Provider from 'oidc-provider';
import { errors, type Interaction, type InteractionResults } from 'oidc-provider';
import { signIn, type Accounts } from '../accounts.ts';
import type { Audit } from '../audit.ts';
import { signInPage } from '../pages/sign-in.ts';
import type { ContainerDirectory } from '../resources.ts';
import type { SignInLimit } from '../sign-in-limit.ts';
import { appName } from './app-name.ts';
import { answer, openInteraction, type InteractionEnv } from './opened.ts';
import { describeConsent } from './consent.ts';
import { expiredPage } from './error.ts';
import type { FormTokens } from './form-token.ts';
import { grantAll, textParam } from './grant.ts';

export interface InteractionDeps {
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly containers: ContainerDirectory;
  readonly limit: SignInLimit;
  readonly formTokens: FormTokens;
  readonly audit: Audit;
  readonly report: (thrown: unknown) => void;
}

type PageContext = Context<InteractionEnv>;

const denied = { error: 'access_denied', error_description: 'The person said no.' };

export function createInteractions(deps: InteractionDeps): Hono<InteractionEnv> {
  const { provider, accounts, limit, formTokens, audit } = deps;
  const app = new Hono<InteractionEnv>();

  const formOf = async ({ uid, params }: Interaction) => ({
    action: `/interaction/${uid}`,
    formToken: formTokens.make(uid),
    app: appName(await provider.Client.find(String(params['client_id']))),
  });
  const finish = async (context: PageContext, result: InteractionResults) => {
    const { incoming, outgoing } = context.env;
    const merge = { mergeWithLastSubmission: result.login === undefined };
    return context.redirect(await provider.interactionResult(incoming, outgoing, result, merge), 303);
  };

  // An oversized body is refused before anything is looked up.
  app.use(
    bodyLimit({
      maxSize: 16 * 1_024,
      onError: (context: PageContext) => answer(context, expiredPage, { status: 413 }),
    }),
  );
  app.use('/interaction/:uid/*', openInteraction(provider, formTokens));
  const isAt = ({ prompt }: Interaction, name: 'login' | 'consent') => prompt.name === name;

  app.get('/interaction/:uid', async (context) => {
    const interaction = context.get('interaction');
    const leadsTo = textParam(interaction, 'redirect_uri');
    if (isAt(interaction, 'login')) {
      const email = textParam(interaction, 'login_hint');
      return answer(context, signInPage({ ...(await formOf(interaction)), email }), { leadsTo });
    }
    return answer(context, await describeConsent(deps, interaction, await formOf(interaction)), { leadsTo });
  });

  app.post('/interaction/:uid/sign-in', async (context) => {
    const interaction = context.get('interaction');
    if (!isAt(interaction, 'login')) return context.redirect(`/interaction/${interaction.uid}`, 303);
    const fields = await context.req.parseBody();
    const [email, password] = [textOf(fields['email']), textOf(fields['password'])];
    const again = async (status: 422 | 429, problem: string) => {
      const page = signInPage({ ...(await formOf(interaction)), email, problem });
      return answer(context, page, { status, leadsTo: textParam(interaction, 'redirect_uri') });
    };

    const attempt = { email, address: context.env.incoming.socket.remoteAddress ?? '' };
    const waitSeconds = limit.begin(attempt);
    const { address } = attempt;
    if (waitSeconds > 0) {
      audit({ event: 'sign_in', outcome: 'refused', address });
      context.header('Retry-After', String(waitSeconds));
      const minutes = Math.ceil(waitSeconds / 60);
      return again(
        429,
        `Too many tries. Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, then try again.`,
      );
    }
    const account = await signIn(accounts, { email, password });
    if (account === undefined) {
      // Not what was typed: a password lands in the wrong field now and then.
      audit({ event: 'sign_in', outcome: 'failed', address });
      return again(422, 'E-mail and password do not belong together. Try again.');
    }
    limit.succeeded(attempt);
    audit({ event: 'sign_in', outcome: 'ok', user: account.id, address });
    const signedIn = interaction.session?.accountId;
    if (signedIn !== undefined && signedIn !== account.id) return startOver(context, interaction);
    return finish(context, { login: { accountId: account.id, amr: ['pwd'] } });
  });

  app.post('/interaction/:uid/allow', async (context) => {
    const interaction = context.get('interaction');
    if (!isAt(interaction, 'consent')) return context.redirect(`/interaction/${interaction.uid}`, 303);
    return finish(context, { consent: { grantId: await grantAll(provider, interaction) } });
  });

  app.post('/interaction/:uid/deny', (context) => finish(context, denied));
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

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
