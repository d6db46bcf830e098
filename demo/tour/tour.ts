/** The demo's steps, in order: a sign-in, once, then client → endpoint → core → container without another. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../../electron/runtime/scope.ts';
import { chooseBrowser, environmentFor } from './browser.ts';
import { claudeConfigFile, clientConfig, shellCommand } from './copying.ts';
import { programs, runFairlead } from './programs.ts';
import type { Screen } from './screen.ts';
import { callUnauthorized, inventPerson, startPersonsContainer, startPlatform } from './servers.ts';
import { signIn } from './sign-in.ts';
import { startCore } from './start-core.ts';
import { addContainer, showKey, showWhereTokensLie, tool, useAsClient, useAsSecondClient } from './steps.ts';
import { createStopwatch } from './stopwatch.ts';

const name = 'notes';

interface TourDeps {
  /** Takes back everything that the tour does. */
  readonly scope: Scope;
  readonly screen: Screen;
  /** Looked at between the steps, and while the person is waited for. */
  readonly interrupt: AbortSignal;
  /** Whether all of it keeps running after the tour. */
  readonly stays: boolean;
}

interface Tour {
  /** Rejects when a server or the core ends by itself. */
  readonly ended: Promise<never>;
  /** The last step. */
  signOut(): Promise<void>;
}

/** Throws the first step that fails. */
export async function giveTour(deps: TourDeps): Promise<Tour> {
  const { scope, screen, interrupt, stays } = deps;
  const timed = createStopwatch(interrupt);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fairlead-demo-')));
  scope.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const home = join(folder, 'profile');
  await mkdir(home, { mode: 0o700 });
  screen.title(
    'Fairlead: sign in once, and every MCP client on this machine is let in',
    'client → endpoint → core → container, all on this machine and in a profile of its own',
  );

  const person = inventPerson();
  const { value: servers, ms: serversMs } = await timed(async () => {
    const platform = await startPlatform(person, scope);
    const container = await startPersonsContainer({ folder, scope }, { issuer: platform.said, person });
    return { platform, container };
  });
  const url = servers.container.said;
  screen.step(serversMs, `A container starts: ${url}`, [
    `It is ${person.email}'s, who signs in at the platform that has started beside it.`,
  ]);

  const refusal = await timed(() => callUnauthorized(url, tool));
  screen.step(refusal.ms, `Whoever calls its tool ${tool} without a sign-in is refused: ${refusal.value}.`);

  const browser = chooseBrowser(process.env, process.platform);
  const base = environmentFor(browser, process.env);
  const { value: core, ms: coreMs } = await timed(() =>
    startCore({ home, issuer: servers.platform.said, base }, scope),
  );
  const { env } = core;
  screen.step(coreMs, `The core runs. ${core.vaultNote}`);

  const step = { scope, screen, timed, env };
  const added = await timed(() => addContainer(step, { name, url }));
  screen.step(added.ms, `fairlead add ${name} ${url}`, [`It asks the container and says: ${added.value}`]);

  const signedIn = await timed(() => signIn(name, { browser, person }, { screen, interrupt, env }));
  const by = browser.kind === 'own' ? 'in your browser' : `in a scripted browser, as ${browser.reason}`;
  screen.step(signedIn.ms, `fairlead auth ${name}`, [`Signed in as ${person.email}, ${by}.`]);

  await useAsClient(step, name);
  await useAsSecondClient(step, name);
  await showWhereTokensLie(step, core, home);
  const keyed = await showKey(step, { name: 'keyed', folder });

  const snippet = await timed(() => clientConfig(name, env));
  const when = stays ? 'while this runs' : 'while the demo runs, so without --once';
  screen.block(`For Claude Desktop, ${when}: ${claudeConfigFile(env)}`, snippet.value);
  if (stays) {
    const commands = [['doctor', name], secondTry].map((args) => shellCommand(home, [programs.cli, ...args]));
    screen.block('Meanwhile try, in another terminal:', commands.join('\n'));
  }
  return {
    ended: Promise.race([servers.platform.ended, servers.container.ended, keyed.ended, core.ended]),
    async signOut() {
      const startedAt = performance.now();
      await runFairlead(['auth', name, '--forget'], { env });
      screen.step(
        performance.now() - startedAt,
        `Signed out, and the token revoked: fairlead auth ${name} --forget`,
      );
    },
  };
}

/** Windows PowerShell loses the quotes inside of an argument, so there it is a call without arguments. */
const secondTry =
  process.platform === 'win32'
    ? ['call', name, tool]
    : ['call', name, 'add_note', JSON.stringify({ text: 'Buy milk' })];
