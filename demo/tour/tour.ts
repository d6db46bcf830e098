/** The demo's steps, in order: client → endpoint → core → container, with a key and without. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainLine } from '../../electron/commands/plain-text.ts';
import type { Scope } from '../../electron/runtime/scope.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import { FairleadError } from '../../shared/errors.ts';
import { createToken } from '../container/guard/token-file.ts';
import { openClient } from './client.ts';
import { claudeConfigFile, clientConfig, shellCommand } from './copying.ts';
import { programs, runFairlead, startProgram } from './programs.ts';
import { columns, type Screen } from './screen.ts';
import { startCore } from './start-core.ts';

const name = 'notes';
/** Answers with the name of the token it was called with: whoever gets an answer was let in. */
const tool = 'whoami';

interface TourDeps {
  /** Takes back everything that the tour does. */
  readonly scope: Scope;
  readonly screen: Screen;
  /** Looked at between the steps: none is left half done. */
  readonly interrupt: AbortSignal;
  /** Whether all of it keeps running after the tour. */
  readonly stays: boolean;
}

/** @returns `ended` rejects when the container or the core ends by itself. Throws the first step that fails. */
export async function giveTour(deps: TourDeps): Promise<{ ended: Promise<never> }> {
  const { scope, screen, interrupt, stays } = deps;
  const timed = stopwatch(interrupt);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fairlead-demo-')));
  scope.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const home = join(folder, 'profile');
  await mkdir(home, { mode: 0o700 });
  screen.title(
    'Fairlead: one tool call, from an MCP client to a container that asks for a key',
    'client → endpoint → core → container, all on this machine and in a profile of its own',
  );

  const config = join(folder, 'config.yaml');
  const key = new Secret(await createToken(config, 'fairlead-demo'));
  const serve = [programs.container, 'serve', '--config', config, '--data', folder, '--port', '0'];
  const { value: container, ms: containerMs } = await timed(() =>
    startProgram('container', serve, { ready: /listening at (\S+)/ }),
  );
  scope.defer(() => container.close());
  const url = container.said;
  screen.step(containerMs, `A container listens at ${url}. It lets in who has its key.`);

  const refusal = await timed(() => callWithoutKey(url));
  screen.step(refusal.ms, `Without the key it refuses the call of ${tool}: ${refusal.value}.`);

  const { value: core, ms: coreMs } = await timed(() => startCore(home, scope));
  const { env } = core;
  screen.step(coreMs, `The core runs. ${core.vaultNote}`);

  const addition = ['add', name, url, '--secret-stdin'];
  const added = await timed(async () => {
    await runFairlead(addition, { env, stdin: key });
    scope.defer(async () => {
      await runFairlead(['remove', name], { env });
    });
  });
  screen.step(added.ms, `The container is added, and its key kept: fairlead ${addition.join(' ')}`);

  await useAsClient(deps, env);

  const snippet = await timed(() => clientConfig(name, env));
  const when = stays ? 'while this runs' : 'while the demo runs, so without --once';
  screen.block(`For Claude Desktop, ${when}: ${claudeConfigFile(env)}`, snippet.value);
  if (stays) {
    const commands = [['doctor', name], secondTry].map((args) => shellCommand(home, [programs.cli, ...args]));
    screen.block('Meanwhile try, in another terminal:', commands.join('\n'));
  }
  return { ended: Promise.race([container.ended, core.ended]) };
}

/** Connects, looks around and calls, as any MCP client would. */
async function useAsClient({ scope, screen, interrupt }: TourDeps, env: NodeJS.ProcessEnv): Promise<void> {
  const timed = stopwatch(interrupt);
  const { value: client, ms: clientMs } = await timed(() => openClient(name, env));
  const release = scope.defer(() => client.close());
  screen.step(clientMs, `An MCP client connects, through: fairlead stdio ${name}`);

  const tools = await timed(() => client.tools());
  const rows = tools.value.map(
    (each) => [plainLine(each.name, 24), firstSentence(each.description)] as const,
  );
  screen.step(tools.ms, `It sees ${rows.length} tools.`, columns(rows));

  const { value: first } = await timed(() => client.call(tool));
  screen.step(first.ms, `It calls ${tool}, without a key of its own, and is let in.`);
  const { value: warm } = await timed(() => client.call(tool));
  screen.step(warm.ms, 'The same call again, now that all is warm. The answer:', [plainLine(warm.text, 200)]);
  await client.close();
  release();
}

/** @returns what runs a step and measures it; throws instead once the person wants to end */
function stopwatch(interrupt: AbortSignal) {
  return async <T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> => {
    interrupt.throwIfAborted();
    const startedAt = performance.now();
    return { value: await work(), ms: performance.now() - startedAt };
  };
}

/** Windows PowerShell loses the quotes inside of an argument, so there it is a call without arguments. */
const secondTry =
  process.platform === 'win32'
    ? ['call', name, tool]
    : ['call', name, 'add_note', JSON.stringify({ text: 'Buy milk' })];

/** Straight to the container, past Fairlead. @returns how it was refused. Throws if it was not. */
async function callWithoutKey(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool } }),
  });
  await response.body?.cancel();
  if (response.status === 401) return '401 Unauthorized';
  throw new FairleadError(
    'protocol_violation',
    `The container should refuse a call without its key, and answered with status ${response.status}.`,
  );
}

function firstSentence(text: string): string {
  return plainLine(text.split(/(?<=[.:;])\s/, 1)[0] ?? '', 80).replace(/[.:;]$/, '');
}
