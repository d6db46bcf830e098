/** Steps of the tour that a person takes with a container: adding it, using it as a client, seeing where its token lies. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainLine } from '../../electron/commands/plain-text.ts';
import type { Scope } from '../../electron/runtime/scope.ts';
import type { Secret } from '../../electron/runtime/secret.ts';
import { FairleadError } from '../../shared/errors.ts';
import { openClient } from './client.ts';
import { runFairlead } from './programs.ts';
import type { RunningProgram } from '../start-program.ts';
import type { Screen } from './screen.ts';
import { startKeyedContainer } from './servers.ts';
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
}

/** Adds a container, whose key is `key` if it takes one, and removes it at the end. @returns what the command says of it */
export async function addContainer(
  { scope, env }: Pick<StepDeps, 'scope' | 'env'>,
  { name, url, key }: { name: string; url: string; key?: Secret },
): Promise<string> {
  const keyOptions = key === undefined ? [] : ['--secret-stdin'];
  const printed = await runFairlead(['add', name, url, ...keyOptions], {
    env,
    ...(key === undefined ? {} : { stdin: key }),
  });
  scope.defer(async () => {
    await runFairlead(['remove', name], { env });
  });
  return printed.split('\n')[1] ?? '';
}

/** Connects, looks around and calls, as any MCP client would. */
export async function useAsClient({ scope, screen, timed, env }: StepDeps, name: string): Promise<void> {
  const { value: client, ms: clientMs } = await timed(() => openClient(name, env));
  const release = scope.defer(() => client.close());
  const { value: tools, ms: toolsMs } = await timed(() => client.tools());
  const names = tools.map((each) => plainLine(each.name, 24)).join(', ');
  screen.step(
    clientMs + toolsMs,
    `An MCP client connects, through fairlead stdio ${name}, and sees ${tools.length} tools.`,
    [plainLine(names, 120)],
  );

  const { value: first, ms: firstMs } = await timed(() => client.call(tool));
  screen.step(firstMs, `It calls ${tool}, without a token of its own: ${plainLine(first.text, 80)}`);
  const warm = await timed(() => client.call(tool));
  screen.step(warm.ms, 'The same call again, now that all is warm.');
  await client.close();
  release();
}

export async function useAsSecondClient(
  { scope, screen, timed, env }: StepDeps,
  name: string,
): Promise<void> {
  const { ms } = await timed(async () => {
    const client = await openClient(name, env);
    const release = scope.defer(() => client.close());
    await client.call(tool);
    await client.close();
    release();
  });
  screen.step(ms, 'A second client starts, connects and calls: no sign-in, no browser.');
}

/** Throws `internal` if there is a token in a file. */
export async function showWhereTokensLie(
  { screen, timed }: StepDeps,
  { vault }: Pick<DemoCore, 'vault'>,
  home: string,
): Promise<void> {
  const { value: files, ms } = await timed(() => searchForTokens(home));
  const place = vault === 'keychain' ? "this system's keychain" : "the core's memory";
  screen.step(ms, `The token lies in ${place}, and in none of the ${files} files of the profile.`);
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

/** A container that takes a key in place of a sign-in. */
export async function showKey(
  deps: StepDeps,
  { name, folder }: { name: string; folder: string },
): Promise<RunningProgram> {
  const { value: container, ms } = await deps.timed(async () => {
    const started = await startKeyedContainer({ folder, scope: deps.scope });
    await addContainer(deps, { name, url: started.container.said, key: started.key });
    // Throws unless it is let in.
    await runFairlead(['call', name, tool], { env: deps.env });
    return started.container;
  });
  deps.screen.step(ms, `Another container wants a key, and gets it: fairlead add ${name} … --secret-stdin`);
  return container;
}
