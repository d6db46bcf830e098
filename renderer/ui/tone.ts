/** How something is, in a colour. Never alone: words stand beside it. */
import type { Tone } from '../../shared/condition.ts';

export const toneText: Readonly<Record<Tone, string>> = {
  good: 'text-good',
  busy: 'text-accent',
  quiet: 'text-faint',
  warn: 'text-warn',
  bad: 'text-bad',
};

export const toneWash: Readonly<Record<Tone, string>> = {
  good: 'bg-good-wash',
  busy: 'bg-accent-wash',
  quiet: 'bg-sunk',
  warn: 'bg-warn-wash',
  bad: 'bg-bad-wash',
};
