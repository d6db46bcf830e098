/** What notifications tell: of a snapshot, what needs the person and did not in the one before. */
import { needsOf, type Need, type NeedKind } from '../../shared/condition.ts';
import type { Place } from '../../shared/desktop.ts';
import type { Snapshot } from '../../shared/status.ts';
import { plain } from './plain.ts';

export interface Told {
  readonly title: string;
  readonly body: string;
  readonly place: Place;
}

/** The others are seen in the tray, when the person looks. */
const told: Partial<Record<NeedKind, (name: string) => Omit<Told, 'place'>>> = {
  account: () => ({
    title: 'Sign in to your account again',
    body: 'Your sign-in has expired. Its containers wait for it.',
  }),
  sign_in_again: (name) => ({
    title: `Sign in to ${name} again`,
    body: 'Your sign-in has expired. Its tools wait for it.',
  }),
  pin_mismatch: (name) => ({
    title: `${name} shows another key`,
    body: 'It is not the one that you pinned. Nothing is sent until you have looked.',
  }),
  tool_changed: (name) => ({
    title: `Tools of ${name} have changed`,
    body: 'They are not what you allowed. Look at what is new.',
  }),
  down: (name) => ({
    title: `${name} cannot be reached`,
    body: 'It went away while it was in use.',
  }),
};

/** What is told of a snapshot that was not so in the one before. */
export function newsOf(before: Snapshot, now: Snapshot): Told[] {
  const known = new Set(needsOf(before).map(keyOf));
  const inUse = new Set(
    before.containers.filter(({ sessions }) => sessions > 0).map(({ container }) => container.name),
  );
  return needsOf(now).flatMap((need) => {
    const { kind, container = '', place } = need;
    if (known.has(keyOf(need)) || (kind === 'down' && !inUse.has(container))) return [];
    const words = told[kind]?.(plain(container));
    return words === undefined ? [] : [{ ...words, place }];
  });
}

function keyOf({ kind, container = '' }: Need): string {
  return `${kind} ${container}`;
}
