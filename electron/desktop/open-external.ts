/** The one place that hands a URL to the system's browser. */
import { shell } from 'electron';
import { FairleadError } from '../../shared/errors.ts';
import { isLoopback } from '../../shared/loopback.ts';

/**
 * Parsed and serialised anew, so that what is checked is what is opened: a handler of another scheme may run a program.
 * @throws FairleadError address_refused for anything but https, or http on this machine
 */
export async function openExternal(address: string): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !safe || url.username + url.password !== '') {
    throw new FairleadError('address_refused', 'This address is not one to open in a browser.', {
      help: 'Ask whoever runs the container: its authorization server names it.',
    });
  }
  await shell.openExternal(url.href);
}
