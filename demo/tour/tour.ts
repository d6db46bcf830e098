/** The demo's steps, in order: a sign-in, once, then client → endpoint → core → container without another. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../../electron/runtime/scope.ts';
import { chooseBrowser } from './browser.ts';
import { claudeConfigFile, clientConfig, shellCommand } from './copying.ts';
import { showPatterns } from './patterns.ts';
import { programs, runFairlead } from './programs.ts';
import type { Screen } from './screen.ts';
import { callUnauthorized, hostedName, inventPerson, startServers } from './servers.ts';
import { signIn } from './sign-in.ts';
import { startCore } from './start-core.ts';
import { showWhereTokensLie, tool } from './steps.ts';
import { createStopwatch } from './stopwatch.ts';
import { showWays } from './ways.ts';

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
  /** Aborted, with what to say about it, when a server or the core ends by itself. */
  readonly broken: AbortSignal;
  /** The last step. */
  signOut(): Promise<void>;
}

/** Throws the first step that fails, and what ends by itself meanwhile. */
export async function giveTour(deps: TourDeps): Promise<Tour> {
  const { scope, screen, interrupt, stays } = deps;
  const broken = new AbortController();
  const watch = (programs: readonly { ended: Promise<never> }[]) =>
    programs.forEach(({ ended }) => void ended.catch((reason: unknown) => broken.abort(reason)));
  const end = AbortSignal.any([interrupt, broken.signal]);
  const timed = createStopwatch(end);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fairlead-demo-')));
  scope.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const home = join(folder, 'profile');
  await mkdir(home, { mode: 0o700 });
  screen.title(
    'Fairlead: sign in once, and every MCP client on this machine is let in',
    'client → endpoint → core → container, all on this machine and in a profile of its own',
  );

  const { value: core, ms: coreMs } = await timed(() => startCore({ home, base: process.env }, scope));
  watch([core]);
  screen.step(coreMs, `The core runs. ${core.vaultNote}`);

  const person = inventPerson();
  const { value: servers, ms: serversMs } = await timed(() => startServers(person, { folder, scope }));
  const { platform, home: external, keyed, open, github, own } = servers;
  watch([platform, external, keyed, open, github, own]);
  const issuer = platform.said;
  core.issuers.push(issuer, ...[github, own].map(({ said }) => new URL(said).origin));
  screen.step(serversMs, `A platform starts, ${issuer}, and containers that are entered in different ways.`);

  const refusal = await timed(() => callUnauthorized(external.said, tool));
  screen.step(refusal.ms, `Whoever calls one without a sign-in is refused: ${refusal.value}.`);

  const { env } = core;
  const step = { scope, screen, timed, env, interrupt: end };
  const browser = chooseBrowser(process.env, process.platform);
  const login = ['login', '--platform', issuer];
  const signedIn = await timed(() => signIn(login, { kind: browser.kind, person }, step));
  const by = browser.kind === 'own' ? 'in your browser' : `in a scripted browser, as ${browser.reason}`;
  screen.step(signedIn.ms, `fairlead ${login.join(' ')}`, [`Signed in as ${person.email}, ${by}.`]);

  screen.heading('Three ways into a container, with that one sign-in:');
  await showWays(step, servers);
  await showWhereTokensLie(step, core, home);

  screen.heading('How MCP servers are commonly protected, each over /mcp and /sse:');
  await showPatterns(step, { servers, person });

  const snippet = await timed(() => clientConfig(hostedName, env));
  const when = stays ? 'while this runs' : 'while the demo runs, so without --once';
  screen.block(`For Claude Desktop, ${when}: ${claudeConfigFile(env)}`, snippet.value);
  if (stays) {
    const commands = [['doctor', hostedName], secondTry];
    const lines = commands.map((args) => shellCommand(home, [programs.cli, ...args]));
    screen.block('Meanwhile try, in another terminal:', lines.join('\n'));
  }
  return {
    broken: broken.signal,
    async signOut() {
      const startedAt = performance.now();
      await runFairlead(['logout'], { env });
      screen.step(performance.now() - startedAt, 'Signed out, and the tokens revoked: fairlead logout');
    },
  };
}

/** Windows PowerShell loses the quotes inside of an argument, so there it is a call without arguments. */
const secondTry =
  process.platform === 'win32'
    ? ['call', hostedName, tool]
    : ['call', hostedName, 'add_note', JSON.stringify({ text: 'Buy milk' })];
