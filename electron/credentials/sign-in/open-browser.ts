/** Shows a URL to the person in their own browser: one program, one argument, never a shell. */
import { spawn } from 'node:child_process';
import { FairleadError } from '../../../shared/errors.ts';
import { browserUrl } from '../discovery/discovered-url.ts';

export interface Opener {
  readonly program: string;
  readonly args: readonly string[];
}

/** Which program opens URLs: `FAIRLEAD_BROWSER`, `BROWSER`, or the system's own. Undefined: `none`, print it. */
export function openerOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Opener | undefined {
  const chosen = env['FAIRLEAD_BROWSER'] ?? '';
  if (chosen === 'none') return undefined;
  if (chosen !== '') return { program: chosen, args: [] };
  // Elsewhere BROWSER is a list, separated as PATH is; its `%s` forms are for shells.
  const [usual = ''] = (env['BROWSER'] ?? '').split(platform === 'win32' ? ';' : ':');
  if (usual === 'none') return undefined;
  if (usual !== '' && !usual.includes('%s')) return { program: usual, args: [] };
  if (platform === 'darwin') return { program: '/usr/bin/open', args: [] };
  // `start` would be the shell's, and explorer.exe takes a URL for a file's name when it has a comma.
  if (platform === 'win32') return { program: 'rundll32.exe', args: ['url.dll,FileProtocolHandler'] };
  return { program: 'xdg-open', args: [] };
}

/**
 * What an opener is given. xdg-open is a shell script, and some of its handlers are more: what a shell could take for
 * its own is escaped.
 * @throws FairleadError address_refused for anything but https, or http on this machine
 */
export function browserArgument(url: URL): string {
  // Loopback was judged by what the person configured, when it was discovered.
  const reading = browserUrl(url.href, [url]);
  if (reading.status === 'ok') return reading.url.href;
  throw new FairleadError('address_refused', 'The address to sign in at is not one to open in a browser.', {
    help: 'Ask whoever runs the container: its authorization server names it.',
  });
}

/**
 * @param options.unopened called with the URL when no browser shows it: none is wanted, or the opener fails
 * @throws FairleadError address_refused
 */
export function openBrowser(
  url: URL,
  options: { env: NodeJS.ProcessEnv; platform?: NodeJS.Platform; unopened: (url: string) => void },
): void {
  const argument = browserArgument(url);
  const opener = openerOf(options.env, options.platform ?? process.platform);
  if (opener === undefined) {
    options.unopened(argument);
    return;
  }
  let told = false;
  const failed = () => {
    if (!told) options.unopened(argument);
    told = true;
  };
  try {
    const child = spawn(opener.program, [...opener.args, argument], {
      shell: false,
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
    });
    child.once('error', failed).once('exit', (status) => {
      if (status !== 0) failed();
    });
    child.unref();
  } catch {
    failed();
  }
}
