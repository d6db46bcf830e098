/** Who the person is: at the platform, at identity providers, and to programs that use API tokens. */
import { Page } from '../../ui/page.tsx';
import { ApiTokens } from './api-tokens.tsx';
import { IdentityProviders } from './identity-providers.tsx';
import { PlatformAccount } from './platform-account.tsx';
import { useSnapshot } from '../../app/context.ts';

export function AccountsPlace() {
  const signedIn = useSnapshot()?.account?.state === 'signed_in';
  return (
    <Page title="Accounts">
      <PlatformAccount />
      {signedIn && <ApiTokens />}
      <IdentityProviders />
    </Page>
  );
}
