/** What the consent page says of an interaction. */
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { platformApi } from '../../../shared/platform.ts';
import type { Accounts } from '../accounts.ts';
import { consentPage } from '../../authorization/pages/consent.ts';
import type { Page } from '../../authorization/pages/page.ts';
import { containerFor, type ContainerDirectory } from '../resources.ts';
import { askedFor, textParam } from '../../authorization/grant.ts';

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
    who: account?.email ?? '',
    scopes: [...oidcScopes, ...Object.values(resourceScopes).flat()],
    where: resources.includes(platformApi(provider.issuer))
      ? 'all your containers'
      : resources.map(withoutScheme).join(', '),
    staysSignedIn: client?.grantTypeAllowed('refresh_token') ?? false,
    returnsTo: redirect === undefined ? undefined : hostOf(redirect),
    // A device waits elsewhere, with a code that is this person's already.
    canSwitch: redirect !== undefined,
  });
}

function hostOf(address: string): string {
  const { hostname, protocol } = new URL(address);
  return hostname === '' ? `the app of ${protocol}` : hostname;
}

function withoutScheme(resource: string): string {
  return resource.replace(/^https?:\/\//, '');
}
