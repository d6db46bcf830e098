/** From an open question to a grant: what is asked for, and giving it. */
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';

interface Asked {
  readonly oidcScopes: readonly string[];
  /** By resource. */
  readonly resourceScopes: Readonly<Record<string, readonly string[]>>;
}

export function askedFor({ prompt }: Interaction): Asked {
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details as {
    missingOIDCScope?: readonly string[];
    missingResourceScopes?: Record<string, readonly string[]>;
  };
  return { oidcScopes: missingOIDCScope, resourceScopes: missingResourceScopes };
}

/** @returns the id of a new grant of everything that was asked for */
export async function grantAll(provider: Provider, interaction: Interaction): Promise<string> {
  const { oidcScopes, resourceScopes } = askedFor(interaction);
  const grant = new provider.Grant({
    accountId: interaction.session?.accountId,
    clientId: textParam(interaction, 'client_id'),
  });
  grant.addOIDCScope([...oidcScopes]);
  for (const [resource, scopes] of Object.entries(resourceScopes))
    grant.addResourceScope(resource, [...scopes]);
  return grant.save();
}

export function textParam({ params }: Interaction, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}
