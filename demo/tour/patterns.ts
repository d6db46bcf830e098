/** The ways in which MCP servers are commonly protected, each over Streamable HTTP and over HTTP+SSE. */
import { durationText } from '../../electron/commands/output.ts';
import { all, type Person, type Servers } from './servers.ts';
import { signIn } from './sign-in.ts';
import { addContainer, registerContainer, whoami, type Added, type StepDeps } from './steps.ts';
import { homeName, keyedName } from './ways.ts';

interface Pattern extends Added {
  readonly sentence: string;
  /** The person signs in at the container; here a script does it for them. */
  readonly signsIn?: boolean;
  /** With the platform, rather than added by hand. */
  readonly registered?: boolean;
  /** Whether `name` was added before, at `/mcp`. */
  readonly known?: boolean;
}

function patternsOf({ home, keyed, key, open, github, own }: Servers): Pattern[] {
  return [
    { name: 'open', url: open.said, sentence: 'None: it listens on this machine only.' },
    { name: keyedName, url: keyed.said, key, known: true, sentence: 'Bearer: it gives out keys.' },
    {
      ...{ name: homeName, url: home.said, registered: true, known: true },
      sentence: 'Bearer, a JWT: it knows who makes them, and for whom.',
    },
    {
      ...{ name: 'github', url: github.said, signsIn: true },
      sentence: 'OAuth by a third party: GitHub (a double of it) says who somebody is.',
    },
    {
      ...{ name: 'own', url: own.said, signsIn: true },
      sentence: 'OAuth of its own: it is its own authorization server.',
    },
  ];
}

export async function showPatterns(
  deps: StepDeps,
  { servers, person }: { servers: Servers; person: Person },
): Promise<void> {
  const enter = async (pattern: Pattern, path: '/mcp' | '/sse') => {
    const { registered = false, known = false, signsIn = false } = pattern;
    const name = path === '/mcp' ? pattern.name : `${pattern.name}-sse`;
    const add = registered ? registerContainer : addContainer;
    if (path === '/sse' || !known)
      await add(deps, { ...pattern, name, url: pattern.url.replace('/mcp', path) });
    if (signsIn) await signIn(['auth', name], { kind: 'scripted', person }, deps);
    const { who, ms } = await whoami(deps, name);
    return `${path}  ${durationText(ms).padStart(6)}  ${who}`;
  };
  for (const pattern of patternsOf(servers)) {
    const { value: lines, ms } = await deps.timed(() =>
      all([enter(pattern, '/mcp'), enter(pattern, '/sse')]),
    );
    deps.screen.step(ms, pattern.sentence, lines);
  }
}
