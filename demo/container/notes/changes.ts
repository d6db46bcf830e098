/** Who is told when notes change. */

/** `list`: a note came or went. `note`: the one at `uri` changed or went. */
export type NoteChange = { readonly kind: 'list' } | { readonly kind: 'note'; readonly uri: string };

export interface NoteChanges {
  readonly tell: (change: NoteChange) => void;
  /** Returns what ends the subscription. */
  readonly onChange: (listener: (change: NoteChange) => void) => () => void;
}

export function createChanges(): NoteChanges {
  const listeners = new Set<(change: NoteChange) => void>();
  return {
    tell(change) {
      for (const listener of listeners) listener(change);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
