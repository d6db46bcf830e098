/** Everything that can be done by typing its name. */
import { conditionOf } from '../../shared/condition.ts';
import type { Snapshot } from '../../shared/status.ts';
import { mendOf, type Mend } from './mend.ts';
import { places } from './places.ts';
import type { PlaceEntry } from './places.ts';
import { mendText } from './use-mend.ts';

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  /** Beside it, in fainter type. */
  readonly note?: string;
  readonly does:
    | { readonly kind: 'place'; readonly place: PlaceEntry['place'] }
    | { readonly kind: 'container'; readonly container: string }
    | { readonly kind: 'mend'; readonly container: string; readonly mend: Mend }
    | { readonly kind: 'add' | 'pause' | 'resume' };
}

/** What needs the person first, then the containers, then the rest. */
export function paletteItems(snapshot: Snapshot): PaletteItem[] {
  const containers = snapshot.containers.map((status) => ({
    name: status.container.name,
    condition: conditionOf(status, snapshot),
  }));
  const mends = containers.flatMap(({ name, condition: { kind, words } }): PaletteItem[] => {
    const mend = mendOf(kind);
    if (mend === undefined) return [];
    const label = `${name}: ${mendText[mend].replace('…', '')}`;
    return [{ id: `mend ${name}`, label, note: words, does: { kind: 'mend', container: name, mend } }];
  });
  return [
    ...mends,
    ...containers.map(({ name, condition: { words } }): PaletteItem => ({
      id: `open ${name}`,
      label: name,
      note: words,
      does: { kind: 'container', container: name },
    })),
    { id: 'add', label: 'Add container', does: { kind: 'add' } },
    snapshot.paused === undefined
      ? { id: 'pause', label: 'Pause all traffic', does: { kind: 'pause' } }
      : { id: 'resume', label: 'Resume traffic', does: { kind: 'resume' } },
    ...places.map(({ place, label }): PaletteItem => ({
      id: `place ${place}`,
      label: `Go to ${label}`,
      does: { kind: 'place', place },
    })),
  ];
}

/** Those in which every word that was typed occurs. */
export function matching(items: readonly PaletteItem[], typed: string): PaletteItem[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ label, note = '' }) => {
    const text = `${label} ${note}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
