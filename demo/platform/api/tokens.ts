/** `/tokens`: API tokens, for programs that cannot sign in. */
import { newToken } from '../../../shared/platform-api.ts';
import type { Audit } from '../audit.ts';
import type { ApiTokens } from '../tokens/api-tokens.ts';
import type { ApiApp } from './authenticate.ts';
import { readInput } from './input.ts';
import { refusal } from './problem.ts';

export function addTokens(app: ApiApp, { tokens, audit }: { tokens: ApiTokens; audit: Audit }): void {
  app.get('/tokens', async (context) => context.json(await tokens.list(context.get('account').id)));

  app.post('/tokens', async (context) => {
    const user = context.get('account').id;
    const created = await tokens.create(user, await readInput(context, newToken));
    if (created === 'full')
      throw refusal(409, 'You have as many tokens as the platform allows. Revoke one first.');
    audit({ event: 'token_created', outcome: 'ok', user, token: created.id });
    return context.json(created, 201);
  });

  app.delete('/tokens/:id', async (context) => {
    const user = context.get('account').id;
    const id = context.req.param('id');
    if (!(await tokens.revoke(user, id))) throw refusal(404, 'You have no such token.');
    audit({ event: 'token_revoked', outcome: 'ok', user, token: id });
    return context.body(null, 204);
  });
}
