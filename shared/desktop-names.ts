/** The names of what the window may ask for and hear of. Without schemas: the preload, which is to stay small, needs no more. */

/**
 * The core's commands that the window may ask for (shared/control.ts). Left out: `tokens.create`, whose answer is a secret
 * (the desktop's `token.create` takes its place), and what ends the core or its connections.
 */
export const windowCommandNames = [
  'status',
  'containers.list',
  'containers.probe',
  'containers.add',
  'containers.remove',
  'containers.limit',
  'pins.show',
  'pins.accept',
  'pins.keep',
  'auth',
  'auth.forget',
  'auth.key',
  'platform.login',
  'platform.logout',
  'platform.account',
  'platform.containers',
  'platform.start',
  'platform.stop',
  'platform.add',
  'platform.rename',
  'platform.remove',
  'tokens.list',
  'tokens.revoke',
  'policy.show',
  'policy.rule',
  'policy.changes',
  'tools.list',
  'tools.call',
  'tools.accept',
  'consent.mode',
  'consent.decide',
  'pause',
  'resume',
  'import.find',
  'import.apply',
  'network.show',
  'network.write',
  'doctor',
  'logs',
  'audit',
  'activity',
  'core.info',
] as const;

/** The desktop's own commands (shared/desktop.ts). */
export const desktopCommandNames = [
  'state',
  'window.ready',
  'preferences.write',
  'core.restart',
  'signIn.open',
  'clipboard.write',
  'config.copy',
  'token.create',
  'token.copy',
  'token.show',
  'token.forget',
  'activity.export',
  'diagnostics.preview',
  'diagnostics.save',
  'file.choose',
  'folder.show',
  'clients.list',
  'clients.connect',
  'clients.disconnect',
  'clients.undo',
  'updates.check',
] as const;

/** What the window may subscribe to: the core's four, the desktop's state, and where it is to go. */
export const windowEventNames = ['snapshot', 'activity', 'log', 'examination', 'state', 'place'] as const;

export type WindowCommandName = (typeof windowCommandNames)[number];
export type DesktopCommandName = (typeof desktopCommandNames)[number];
export type WindowEventName = (typeof windowEventNames)[number];
