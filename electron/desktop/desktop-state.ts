/** What the window is told of the desktop itself: how the core stands, the theme, the person's preferences. */
import { app, nativeTheme } from 'electron';
import type { DesktopState } from '../../shared/desktop.ts';
import type { CoreLink } from './core-link.ts';
import { createObserved, type Observed } from './observed.ts';
import type { Memory } from './preferences.ts';

/** Follows the system's theme, and has it follow the person's. */
export function observeDesktop(
  core: Pick<CoreLink, 'state'>,
  { preferences }: Pick<Memory, 'preferences'>,
): Observed<DesktopState> {
  nativeTheme.themeSource = preferences.current.theme;
  const now = (): DesktopState => ({
    core: core.state.current,
    theme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light',
    platform: platformOf(process.platform),
    version: app.getVersion(),
    preferences: preferences.current,
  });
  const state = createObserved(now());
  const update = () => state.set(now());
  core.state.onChange(update);
  nativeTheme.on('updated', update);
  preferences.onChange(({ theme }) => {
    nativeTheme.themeSource = theme;
    update();
  });
  return state;
}

/** The others that Node runs on look as Linux does. */
function platformOf(platform: NodeJS.Platform): DesktopState['platform'] {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux';
}
