/** The demo's sign-ins: a command of Fairlead's that shows a link, and the person or the script that follows it. */
import { openBrowser } from '../../electron/credentials/sign-in/open-browser.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { DemoBrowser } from './browser.ts';
import { programs, runFairlead, runProgram } from './programs.ts';
import type { Screen } from './screen.ts';
import type { Person } from './servers.ts';

/** People look for their glasses; less than the 10 min after which a sign-in ends by itself. */
const waitMinutes = 5;
/** The link fills half a screen: it is for those who see no page. */
const patienceMs = 10_000;

interface SignInDeps {
  readonly screen: Screen;
  readonly interrupt: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * @param args of the command that signs in
 * @returns once signed in. Throws `timed_out` when nobody does, and when the person wants to end.
 */
export async function signIn(
  args: readonly string[],
  { kind, person }: { kind: DemoBrowser['kind']; person: Person },
  { screen, interrupt, env }: SignInDeps,
): Promise<void> {
  const late = AbortSignal.timeout(waitMinutes * 60_000);
  const failed = new AbortController();
  const signal = AbortSignal.any([interrupt, late, failed.signal]);
  let hinting: NodeJS.Timeout | undefined;
  let following: Promise<unknown> = Promise.resolve();
  if (kind === 'own') {
    screen.ask(`Sign in, in your browser: the demo waits for you, up to ${waitMinutes} minutes.`, [
      `e-mail    ${person.email}`,
      `password  ${person.password.reveal()}`,
    ]);
  }
  const show = (link: string) => {
    const hint = () => screen.hint(`If no page opens: ${link}`);
    hinting = setTimeout(hint, patienceMs);
    const unopened = () => {
      clearTimeout(hinting);
      hint();
    };
    openBrowser(new URL(link), { env: process.env, unopened });
  };
  const onNote = (line: string) => {
    const [link] = /https?:\S+\?\S+/.exec(line) ?? [];
    if (link === undefined) return;
    if (kind === 'own') {
      show(link);
    } else {
      following = followByScript(link, person, signal);
      following.catch((thrown: unknown) => failed.abort(thrown));
    }
  };
  try {
    await runFairlead(args, { env, onNote, signal });
    await following;
  } catch (thrown) {
    if (failed.signal.aborted) throw failed.signal.reason;
    if (!late.aborted) throw thrown;
    throw new FairleadError('timed_out', `Nobody has signed in within ${waitMinutes} minutes.`, {
      help: 'Run it again; with CI=1 a scripted browser signs in.',
    });
  } finally {
    clearTimeout(hinting);
  }
}

async function followByScript(link: string, person: Person, signal: AbortSignal): Promise<void> {
  const env = {
    ...process.env,
    FAIRLEAD_DEMO_EMAIL: person.email,
    FAIRLEAD_DEMO_PASSWORD: person.password.reveal(),
  };
  await runProgram('The scripted browser', [programs.browser, link], { env, signal });
}
