/** Shows where the person has to go, while a command waits for them to sign in. */
import type { Snapshot } from '../../shared/status.ts';
import type { ControlClient } from '../control/client.ts';
import type { Output } from './output.ts';

/**
 * Prints the link, and the code to enter, on stderr: the browser is the core's to open, and may not be there.
 * @param of.to what is signed in to, for people
 * @param of.waiting the sign-in that the command is about
 */
export function showSignIn(
  core: Pick<ControlClient, 'subscribe'>,
  output: Output,
  of: {
    to: string;
    waiting: (
      snapshot: Snapshot,
    ) => { readonly url?: string | undefined; readonly userCode?: string | undefined } | undefined;
  },
): void {
  let shown = '';
  core.subscribe({
    snapshot(current) {
      const { url, userCode } = of.waiting(current) ?? {};
      if (url === undefined || url === shown) return;
      shown = url;
      const code = userCode === undefined ? '' : ` and enter the code ${userCode}`;
      output.note(`Sign in to ${of.to}: open ${url}${code}`);
    },
  });
}
