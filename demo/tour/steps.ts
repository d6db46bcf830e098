/** What a person does with a container on the tour: adding it, using it as a client, seeing where its token lies. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainLine } from '../../electron/commands/plain-text.ts';
import type { Scope } from '../../electron/runtime/scope.ts';
import type { Secret } from '../../electron/runtime/secret.ts';
import { FairleadError } from '../../shared/errors.ts';
import { createClient, type DemoClient } from './client.ts';
import { runFairlead } from './programs.ts';
import type { Screen } from './screen.ts';
import type { DemoCore } from './start-core.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Answers with who was let in. */
export const tool = 'whoami';

export interface StepDeps {
  readonly scope: Scope;
  readonly screen: Screen;
  readonly timed: Stopwatch;
  /** For the commands and endpoints that are to use the demo's core. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends what is waited for. */
  readonly interrupt: AbortSignal;
}

export interface Added {
  readonly name: string;
  readonly url: string;
  /** The container's key, if it takes one. */
  readonly key?: Secret;
}

/** Registers a server of the person's with the platform, which ends with the demo, and with it what it knows. */
export async function registerContainer(
  { env }: Pick<StepDeps, 'env'>,
  { name, url }: Pick<Added, 'name' | 'url'>,
): Promise<void> {
  await runFairlead(['platform', 'add', name, url], { env });
}

/** Adds a container, and removes it at the end. */
export async function addContainer(
  { scope, env }: Pick<StepDeps, 'scope' | 'env'>,
  { name, url, key }: Added,
): Promise<void> {
  const keyOptions = key === undefined ? [] : ['--secret-stdin'];
  await runFairlead(['add', name, url, ...keyOptions], {
    env,
    ...(key === undefined ? {} : { stdin: key }),
  });
  scope.defer(async () => {
    await runFairlead(['remove', name], { env });
  });
}

/** Connects to `fairlead stdio <name>` as any MCP client would, for as long as `use` takes. */
export async function asClient<T>(
  { scope, env, interrupt }: Pick<StepDeps, 'scope' | 'env' | 'interrupt'>,
  name: string,
  use: (client: DemoClient) => Promise<T>,
): Promise<T> {
  const client = createClient(name, { env, interrupt });
  const release = scope.defer(() => client.close());
  await client.connect();
  const result = await use(client);
  await client.close();
  release();
  return result;
}

/** @returns who the container says was let in, and how long the call took, in ms */
export async function whoami(
  deps: Pick<StepDeps, 'scope' | 'env' | 'interrupt'>,
  name: string,
): Promise<{ who: string; ms: number }> {
  const { text, ms } = await asClient(deps, name, (client) => client.call(tool));
  return { who: plainLine(text, 80), ms };
}

/** Throws `internal` if there is a token in a file. */
export async function showWhereTokensLie(
  { screen, timed }: StepDeps,
  { vault }: Pick<DemoCore, 'vault'>,
  home: string,
): Promise<void> {
  const { value: files, ms } = await timed(() => searchForTokens(home));
  const place = vault === 'keychain' ? "this system's keychain" : "the core's memory";
  screen.step(ms, `The tokens lie in ${place}, and in none of the ${files} files of the profile.`);
}

/** @returns how many files were searched */
async function searchForTokens(home: string): Promise<number> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    // The platform's access tokens are JWTs: base64url of `{"`.
    if ((await readFile(join(parentPath, name), 'latin1')).includes('eyJ'))
      throw new FairleadError('internal', 'There is a token in a file of the profile.');
  }
  return files.length;
}
