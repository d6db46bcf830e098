/**
 * What the window may ask of the desktop, hear from it, and be told to show. Main, preload and renderer derive their types
 * from here. Inputs may carry a secret towards the core; no output and no event can.
 */
import { z } from 'zod';
import { clientCommands, configChange } from './clients-control.ts';
import { containerName } from './container.ts';
import type { CommandInput, CommandOutput } from './control.ts';
import type { DesktopCommandName, WindowCommandName, WindowEventName } from './desktop-names.ts';
import { events } from './control.ts';
import { reported } from './error-report.ts';
import type { ErrorReport } from './errors.ts';
import { newToken, tokenRow } from './platform-api.ts';

/** A part of the window, and what of it: where a notification, a link or the tray leads. */
export const place = z.discriminatedUnion('place', [
  z.strictObject({
    place: z.literal('containers'),
    container: z.string().max(4_096).optional(),
    tab: z.enum(['health', 'tools', 'sessions', 'security', 'clients']).optional(),
  }),
  z.strictObject({
    place: z.literal('add'),
    /** From a link that anybody may have written: to be shown, and probed once the person has seen it. */
    url: z.string().max(2_000).optional(),
    name: containerName.optional(),
  }),
  z.strictObject({ place: z.literal('activity') }),
  z.strictObject({ place: z.literal('clients') }),
  z.strictObject({ place: z.literal('accounts') }),
  z.strictObject({ place: z.literal('settings') }),
]);
export type Place = z.infer<typeof place>;

/** What the desktop remembers for the person. */
export const preferences = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  notifications: z.boolean(),
  launchAtLogin: z.boolean(),
  firstRunDone: z.boolean(),
});
export type Preferences = z.infer<typeof preferences>;

export const desktopState = z.object({
  core: z.discriminatedUnion('status', [
    z.object({ status: z.literal('starting') }),
    z.object({ status: z.literal('running') }),
    /** It was there; the desktop is starting it again. */
    z.object({ status: z.literal('lost') }),
    /** It cannot be started; the desktop goes on trying, less and less often, and at once on `core.restart`. */
    z.object({ status: z.literal('failed'), problem: reported }),
  ]),
  /** What `preferences.theme` comes to. */
  theme: z.enum(['light', 'dark']),
  platform: z.enum(['darwin', 'win32', 'linux']),
  version: z.string(),
  preferences,
});
export type DesktopState = z.infer<typeof desktopState>;

export type { ConfigChange, FoundClient } from './clients-control.ts';

const nothing = z.strictObject({});
const clientId = z.string().max(100);
const ofToken = z.strictObject({ id: z.string().min(1).max(200) });
/** Where the person chose to save it; absent: they chose not to. */
const saved = z.object({ path: z.string().optional() });

export const desktopCommands = {
  state: { input: nothing, output: desktopState },
  /** The window has something to show: only then it becomes visible. */
  'window.ready': { input: nothing, output: nothing },
  'preferences.write': { input: preferences.partial(), output: preferences },
  /** Tries again at once to join or start the core. */
  'core.restart': { input: nothing, output: nothing },
  /** Opens where a sign-in waits for the person: the address is the core's, not the window's. */
  'signIn.open': {
    input: z.union([
      z.strictObject({ container: z.string().max(4_096) }),
      z.strictObject({ account: z.literal(true) }),
    ]),
    output: nothing,
  },
  'clipboard.write': { input: z.strictObject({ text: z.string().max(100_000) }), output: nothing },
  /** Copies what a client's config gets for a container. */
  'config.copy': { input: z.strictObject({ container: containerName }), output: nothing },
  /** Makes an API token of the platform and puts it on the clipboard. The window learns everything of it but its secret. */
  'token.create': {
    input: z.strictObject({
      name: newToken.shape.name,
      scopes: newToken.shape.scopes,
      /** Absent: as long as the platform usually lets them live. */
      days: z.number().int().min(1).optional(),
    }),
    output: tokenRow,
  },
  /** Puts one that was made just now on the clipboard again. Throws secret_missing once it is forgotten. */
  'token.copy': { input: ofToken, output: nothing },
  /** Shows it in a dialog of the system's. Throws as `token.copy`. */
  'token.show': { input: ofToken, output: nothing },
  /** The person has it: it is not kept any longer. So it is after some minutes, and when the window closes. */
  'token.forget': { input: ofToken, output: nothing },
  /** Saves recorded calls, oldest first, as JSON Lines where the person chooses. */
  'activity.export': {
    input: z.strictObject({ container: z.string().max(4_096).optional() }),
    output: saved.extend({ rows: z.number() }),
  },
  /** What a diagnostics bundle would hold now, redacted. */
  'diagnostics.preview': {
    input: nothing,
    output: z.object({
      parts: z.array(z.object({ name: z.string(), what: z.string(), bytes: z.number() })),
      text: z.string(),
    }),
  },
  /** Saves what was shown last. */
  'diagnostics.save': { input: nothing, output: saved },
  'file.choose': {
    input: z.strictObject({ purpose: z.enum(['certificate', 'key', 'ca', 'pkcs12']) }),
    output: saved,
  },
  /** In the system's file manager. */
  'folder.show': { input: z.strictObject({ folder: z.enum(['logs', 'profile']) }), output: nothing },
  'clients.list': { input: nothing, output: clientCommands['clients.list'].output },
  /** Writes a container into a client's config; `dryRun` only says what would change. */
  'clients.connect': {
    input: z.strictObject({
      client: clientId,
      container: containerName,
      /** The entry's; absent: the container's. */
      name: containerName.optional(),
      dryRun: z.boolean(),
    }),
    output: configChange,
  },
  'clients.disconnect': {
    input: z.strictObject({ client: clientId, container: z.string().max(4_096), dryRun: z.boolean() }),
    output: configChange,
  },
  /** Puts back what was there before the last change. */
  'clients.undo': {
    input: z.strictObject({ client: clientId, dryRun: z.boolean(), force: z.boolean().default(false) }),
    output: configChange,
  },
  'updates.check': {
    input: nothing,
    output: z.object({
      status: z.enum(['off', 'current', 'available']),
      /** In a sentence. */
      summary: z.string(),
    }),
  },
} as const satisfies Record<DesktopCommandName, { input: z.ZodType; output: z.ZodType }>;

export type DesktopInput<N extends DesktopCommandName> = z.input<(typeof desktopCommands)[N]['input']>;
export type DesktopOutput<N extends DesktopCommandName> = z.output<(typeof desktopCommands)[N]['output']>;

/** `snapshot`, `state` come whole, at once and then after each change; `place` whenever the window is to go somewhere. */
export const windowEvents = {
  ...events,
  state: desktopState,
  place,
} as const satisfies Record<WindowEventName, z.ZodType>;

export type WindowEventOf<E extends WindowEventName> = z.output<(typeof windowEvents)[E]>;

/** An answer across the bridge. Nothing is thrown there: an error would lose all but its text. */
export type Result<T> =
  { readonly ok: true; readonly output: T } | { readonly ok: false; readonly error: ErrorReport };

/** What the preload puts at `window.fairlead`. */
export interface DesktopBridge {
  readonly core: {
    readonly [N in WindowCommandName]: (input: CommandInput<N>) => Promise<Result<CommandOutput<N>>>;
  };
  readonly desktop: {
    readonly [N in DesktopCommandName]: (input: DesktopInput<N>) => Promise<Result<DesktopOutput<N>>>;
  };
  /** @returns the function that ends it */
  readonly subscribe: <E extends WindowEventName>(
    event: E,
    listener: (value: WindowEventOf<E>) => void,
  ) => () => void;
}
