/** Whose pages these are. */
import { answersOf } from '../../authorization/interactions.ts';
import type { Site } from '../../authorization/pages/page.ts';

export const site: Site = {
  name: 'Demo container',
  note: 'A container in miniature that lets people in by itself. What it knows of them ends with it.',
};

export const answer = answersOf(site);
