/** Which browser the demo signs in with: the person's own where they can see one, else a scripted one. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type DemoBrowser =
  | { readonly kind: 'own' }
  | { readonly kind: 'scripted'; /** For people: `, as …`. */ readonly reason: string };

export function chooseBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): DemoBrowser {
  const given = (name: string) => (env[name] ?? '') !== '';
  // Whoever names a program for it wants to see it.
  if (given('FAIRLEAD_BROWSER')) return { kind: 'own' };
  if (given('CI') && env['CI'] !== 'false') return { kind: 'scripted', reason: 'nobody is here (CI is set)' };
  if (platform === 'darwin' || platform === 'win32') return { kind: 'own' };
  if (!given('DISPLAY') && !given('WAYLAND_DISPLAY'))
    return { kind: 'scripted', reason: 'there is no display' };
  // A display of a test machine or a container image often has nothing to open a page with.
  if (given('BROWSER') || isOnPath('xdg-open', env)) return { kind: 'own' };
  return { kind: 'scripted', reason: 'there is no xdg-open to open yours' };
}

function isOnPath(program: string, env: NodeJS.ProcessEnv): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
