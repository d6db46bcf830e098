/** The three ways into a container (docs/platform-api.md), each by `fairlead stdio` after the one sign-in. */
import { plainLine } from '../../electron/commands/plain-text.ts';
import { runFairlead } from './programs.ts';
import { hostedName, type Servers } from './servers.ts';
import { addContainer, asClient, registerContainer, tool, whoami, type StepDeps } from './steps.ts';

/** The names of ways B and C here. */
export const homeName = 'home';
export const keyedName = 'keyed';

export async function showWays(deps: StepDeps, { home, keyed, key }: Servers): Promise<void> {
  await showHosted(deps);

  const b = await deps.timed(async () => {
    await registerContainer(deps, { name: homeName, url: home.said });
    return whoami(deps, homeName);
  });
  deps.screen.step(b.ms, `B, the person runs it: fairlead platform add ${homeName} ${home.said}`, [
    `It takes tokens of the platform: ${b.value.who}`,
  ]);

  const c = await deps.timed(async () => {
    await addContainer(deps, { name: keyedName, url: keyed.said, key });
    return whoami(deps, keyedName);
  });
  deps.screen.step(c.ms, `C, without the platform: fairlead add ${keyedName} ${keyed.said} --secret-stdin`, [
    `It takes a key: ${c.value.who}`,
  ]);

  const list = await deps.timed(() => runFairlead(['platform', 'list'], { env: deps.env }));
  deps.screen.step(list.ms, 'fairlead platform list', list.value.trimEnd().split('\n'));
}

async function showHosted(deps: StepDeps): Promise<void> {
  const { screen, timed } = deps;
  const { value: calls, ms } = await timed(() =>
    asClient(deps, hostedName, async (client) => ({
      first: await client.call(tool),
      again: await client.call(tool),
    })),
  );
  const { first, again } = calls;
  screen.step(ms - again.ms, `A, the platform hosts it: fairlead stdio ${hostedName}`, [
    `It slept, and the first call has woken it: ${plainLine(first.text, 80)}`,
  ]);
  screen.step(again.ms, 'The same call again, now that all is warm.');
  const second = await timed(() => whoami(deps, hostedName));
  screen.step(second.ms, 'A second client starts, connects and calls: no sign-in, no browser.');
}
