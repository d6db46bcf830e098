/** Runs with every file of tests: what its last test may have left. */
import { afterAll } from 'vitest';
import { endProfiles } from './fairlead.ts';

afterAll(endProfiles);
