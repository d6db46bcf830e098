/** What a broker is given where nobody signs in: nothing of it can be reached. */
import type { OAuthParts } from '../../electron/credentials/begin-session.ts';
import { systemClock } from '../../electron/runtime/clock.ts';
import { createLogger } from '../../electron/runtime/logger.ts';

const unreachable = () => Promise.reject(new Error('Nobody signs in here.'));

export const offline: OAuthParts = {
  discovery: { discover: unreachable, forget: () => undefined },
  fetch: () => unreachable,
  metadataDocument: undefined,
  clock: systemClock,
  logger: createLogger({ level: 'error', now: () => 0, write: () => undefined }),
  env: { FAIRLEAD_BROWSER: 'none' },
  print: () => undefined,
  platform: { current: () => undefined, remember: () => undefined },
};
