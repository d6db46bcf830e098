/** Whose pages these are. */
import { answersOf } from '../../authorization/interactions.ts';
import type { Site } from '../../authorization/pages/page.ts';

export const site: Site = {
  name: 'Fairlead Platform',
  note: 'A platform in miniature, on this machine. It is no place for a real account.',
};

export const answer = answersOf(site);
