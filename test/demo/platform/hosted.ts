/** What the platform starts for a hosted container in these tests. */
import { resolve } from 'node:path';

/** Speaks the platform's half of the contract and tells what reached it. */
export const hostedProgram = resolve('test/support/hosted-double.mjs');
