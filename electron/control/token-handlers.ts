/** API tokens of the account, as the control API lists, creates and revokes them. */
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';

type TokenHandlers = Pick<Handlers, 'tokens.list' | 'tokens.create' | 'tokens.revoke'>;

export function createTokenHandlers({
  account,
  client,
}: Pick<ControlDeps, 'account' | 'client'>): TokenHandlers {
  return {
    'tokens.list': async () => [...(await client.tokens(await account.issuer()))],
    async 'tokens.create'({ name, scopes, days }) {
      const { token, secret } = await client.createToken(await account.issuer(), {
        ...{ name, scopes },
        ...(days !== undefined && { expires_in_days: days }),
      });
      // To the person who asked for it, in this answer alone (shared/control.ts).
      return { ...token, token: secret.reveal() };
    },
    async 'tokens.revoke'({ id }) {
      await client.revokeToken(await account.issuer(), id);
      return { id };
    },
  };
}
