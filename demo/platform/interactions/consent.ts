/** What the consent page says of an interaction. */
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { platformApi } from '../../../shared/platform.ts';
import type { Accounts } from '../accounts.ts';
import { consentPage } from '../pages/consent.ts';
import type { Page } from '../pages/page.ts';
import { containerFor, type ContainerDirectory } from '../resources.ts';
import { askedFor, textParam } from './grant.ts';

/** Throws InvalidTarget where a container that is asked for is another user's. */
export async function describeConsent(
  deps: { provider: Provider; accounts: Accounts; containers: ContainerDirectory },
  interaction: Interaction,
  form: { action: string; formToken: string; app: string },
): Promise<Page> {
  const { provider, accounts, containers } = deps;
  const userId = interaction.session?.accountId ?? '';
  const [account, client] = await Promise.all([
    accounts.byId(userId),
    provider.Client.find(textParam(interaction, 'client_id') ?? ''),
  ]);
  const { oidcScopes, resourceScopes } = askedFor(interaction);
  const resources = Object.keys(resourceScopes);
  for (const resource of resources) await containerFor(containers, { resource, userId });
  const redirect = textParam(interaction, 'redirect_uri');
  return consentPage({
    ...form,
    email: account?.email ?? '',
    scopes: [...oidcScopes, ...Object.values(resourceScopes).flat()],
    containers: resources.includes(platformApi(provider.issuer)) ? [] : resources.map(withoutScheme),
    staysSignedIn: client?.grantTypeAllowed('refresh_token') ?? false,
    returnsTo: redirect === undefined ? undefined : hostOf(redirect),
  });
}

function hostOf(address: string): string {
  const { hostname, protocol } = new URL(address);
  return hostname === '' ? `the app of ${protocol}` : hostname;
}

function withoutScheme(resource: string): string {
  return resource.replace(/^https?:\/\//, '');
}
