/** What the desktop remembers: the person's preferences, and where the window was. */
import Store from 'electron-store';
import { z } from 'zod';
import { preferences as preferencesSchema, type Preferences } from '../../shared/desktop.ts';
import { createObserved, type Observed } from './observed.ts';

const windowPlace = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  maximized: z.boolean(),
});
export type WindowPlace = z.infer<typeof windowPlace>;

const defaults: Preferences = {
  theme: 'system',
  notifications: true,
  launchAtLogin: false,
  firstRunDone: false,
};

export interface Memory {
  readonly preferences: Observed<Preferences>;
  /** What is undefined stays. */
  write(changes: { readonly [N in keyof Preferences]?: Preferences[N] | undefined }): Preferences;
  windowPlace(): WindowPlace | undefined;
  keepWindowPlace(place: WindowPlace): void;
}

/** @param folder of the profile. A file that cannot be read is left as it is, and nothing is remembered. */
export function openMemory(folder: string): Memory {
  const store = openStore(folder);
  const read = (): Preferences => {
    const kept: unknown = store?.get('preferences');
    const { shape } = preferencesSchema;
    const given = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
    // Each for itself: one that another version wrote does not cost the others.
    const valid = Object.entries(shape).flatMap(([name, schema]) => {
      const parsed = schema.safeParse(given[name]);
      return parsed.success ? [[name, parsed.data] as const] : [];
    });
    return { ...defaults, ...Object.fromEntries(valid) };
  };
  const preferences = createObserved(read());
  return {
    preferences,
    write(changes) {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      const next: Preferences = { ...preferences.current, ...Object.fromEntries(given) };
      store?.set('preferences', next);
      preferences.set(next);
      return next;
    },
    windowPlace: () => windowPlace.safeParse(store?.get('window')).data,
    keepWindowPlace(place) {
      try {
        store?.set('window', place);
      } catch {
        // A full disk is no reason to keep the window from closing.
      }
    },
  };
}

function openStore(folder: string): Store | undefined {
  try {
    return new Store({ cwd: folder, name: 'desktop', configFileMode: 0o600, clearInvalidConfig: false });
  } catch {
    return undefined;
  }
}
