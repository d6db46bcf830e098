/** A Fairlead profile of a test's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profilePaths, type ProfilePaths } from '../../electron/runtime/paths.ts';

export interface TestProfile extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  readonly paths: ProfilePaths;
}

export function newProfile(): TestProfile {
  const home = mkdtempSync(join(tmpdir(), 'fl-'));
  const env = { ...process.env, FAIRLEAD_HOME: home, FAIRLEAD_VAULT: 'memory' };
  return {
    env,
    paths: profilePaths(env),
    [Symbol.asyncDispose]() {
      rmSync(home, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}
