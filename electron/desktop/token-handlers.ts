/** API tokens that are made in the window: their secrets go from here to the person, and never to the page. */
import { clipboard, dialog } from 'electron';
import { FairleadError } from '../../shared/errors.ts';
import { Secret } from '../runtime/secret.ts';
import type { CoreLink } from './core-link.ts';
import type { DesktopHandlers } from './ipc.ts';
import { plain } from './plain.ts';

type TokenHandlers = Pick<DesktopHandlers, 'token.create' | 'token.copy' | 'token.show' | 'token.forget'>;

/** Long enough to paste it somewhere, and to find that it went wrong. */
const keptMs = 5 * 60_000;

export function createTokenHandlers(core: Pick<CoreLink, 'call'>): {
  readonly handlers: TokenHandlers;
  /** All that were made: the person has closed the window. */
  readonly forget: () => void;
} {
  const made = new Map<string, { readonly name: string; readonly secret: Secret }>();
  const find = (id: string) => {
    const token = made.get(id);
    if (token !== undefined) return token;
    throw new FairleadError('secret_missing', 'This token is shown no more.', {
      help: 'Revoke it and make another.',
    });
  };

  const handlers: TokenHandlers = {
    async 'token.create'(input) {
      const { token, ...row } = await core.call('tokens.create', input);
      const secret = new Secret(token);
      made.set(row.id, { name: row.name, secret });
      setTimeout(() => made.delete(row.id), keptMs).unref();
      await clipboard.writeText(secret.reveal());
      return row;
    },
    async 'token.copy'({ id }) {
      await clipboard.writeText(find(id).secret.reveal());
      return {};
    },
    async 'token.show'({ id }) {
      const { name, secret } = find(id);
      await dialog.showMessageBox({
        type: 'info',
        message: `The API token ${plain(name)}`,
        detail: `${secret.reveal()}\n\nIt is shown this once. Whoever has it can use your containers.`,
        buttons: ['Done'],
      });
      return {};
    },
    'token.forget'({ id }) {
      made.delete(id);
      return {};
    },
  };
  return { handlers, forget: () => made.clear() };
}
