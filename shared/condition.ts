/** How a container is, and all of them together, in words: the tray, notifications and the window say the same. Pure. */
import { countText } from './count-text.ts';
import type { DesktopState, Place } from './desktop.ts';
import type { ContainerStatus, Snapshot } from './status.ts';

/** `quiet`: nothing to say. `busy`: under way. `warn`: the person is needed. `bad`: it does not work. */
export type Tone = 'good' | 'busy' | 'quiet' | 'warn' | 'bad';

/** What needs the person, most urgent first. */
const urgency = [
  'pin_mismatch',
  'keychain',
  'account',
  'sign_in_again',
  'sign_in',
  'key',
  'signing_in',
  'consent',
  'down',
  'start_failed',
  'tool_changed',
] as const;
export type NeedKind = (typeof urgency)[number];

export interface Condition {
  readonly kind: NeedKind | 'asleep' | 'starting' | 'stopping' | 'connecting' | 'connected' | 'ready';
  readonly tone: Tone;
  /** As a state: "Connected", "Sign-in needed". */
  readonly words: string;
}

export interface Need extends Condition {
  readonly kind: NeedKind;
  /** Whose it is; the account's has none. */
  readonly container?: string;
  /** Where it is mended. */
  readonly place: Place;
}

/** The worst that can be said of one. */
export function conditionOf(status: ContainerStatus, snapshot: Snapshot): Condition {
  return containerNeeds(status, snapshot).sort(byUrgency)[0] ?? ordinaryCondition(status);
}

/** What waits for the person, the most urgent first. */
export function needsOf(snapshot: Snapshot): Need[] {
  const ofContainers = snapshot.containers.flatMap((status) => containerNeeds(status, snapshot));
  const expired = snapshot.account?.state === 'expired';
  const words = 'Sign in to your account again';
  const account: Need = { kind: 'account', tone: 'warn', words, place: { place: 'accounts' } };
  return [...(expired ? [account] : []), ...ofContainers].sort(byUrgency);
}

/** The whole in one sentence, and what it is about where that is one thing. */
export function headlineOf(
  core: DesktopState['core'],
  snapshot: Snapshot | undefined,
): { readonly tone: Tone; readonly words: string; readonly need?: Need } {
  if (core.status === 'failed') return { tone: 'bad', words: 'Not running' };
  if (core.status === 'lost') return { tone: 'busy', words: 'Restarting…' };
  if (snapshot === undefined) return { tone: 'busy', words: 'Starting…' };
  if (snapshot.paused !== undefined) return { tone: 'warn', words: 'All traffic is paused' };
  const [need] = needsOf(snapshot);
  if (need !== undefined) {
    const { tone, words, container } = need;
    return { tone, words: container === undefined ? words : `${container}: ${words}`, need };
  }
  const { length } = snapshot.containers;
  if (length === 0) return { tone: 'quiet', words: 'No containers yet' };
  return { tone: 'good', words: `${countText(length, 'container')}, all well` };
}

function byUrgency(one: Need, other: Need): number {
  return urgency.indexOf(one.kind) - urgency.indexOf(other.kind);
}

function containerNeeds(status: ContainerStatus, snapshot: Snapshot): Need[] {
  const container = status.container.name;
  const need = (kind: NeedKind, tone: 'warn' | 'bad', words: string): Need => ({
    ...{ kind, tone, words, container },
    place: { place: 'containers', container, tab: tabOf[kind] },
  });
  const of = (each: { readonly container: string }) => each.container === container;
  const waiting = snapshot.pendingConsents.filter(of);
  const changed = snapshot.changedTools.filter(of);
  return [
    ...credentialNeeds(status, need),
    ...problemNeeds(status, need),
    ...(waiting.length > 0 ? [need('consent', 'warn', `${whoOf(waiting)} waits for you`)] : []),
    ...(changed.length > 0
      ? [need('tool_changed', 'warn', `${countText(changed.length, 'tool')} changed`)]
      : []),
  ];
}

const tabOf: Readonly<Record<NeedKind, 'health' | 'security' | 'sessions' | 'tools'>> = {
  pin_mismatch: 'security',
  keychain: 'health',
  account: 'security',
  sign_in_again: 'security',
  sign_in: 'security',
  key: 'security',
  signing_in: 'security',
  consent: 'sessions',
  down: 'health',
  start_failed: 'health',
  tool_changed: 'tools',
};

type NeedMaker = (kind: NeedKind, tone: 'warn' | 'bad', words: string) => Need;

function credentialNeeds({ container, credential }: ContainerStatus, need: NeedMaker): Need[] {
  switch (credential) {
    case 'signing_in':
      return [need('signing_in', 'warn', 'Waiting for your sign-in')];
    case 'expired':
      return [need('sign_in_again', 'warn', 'Sign-in expired')];
    case 'missing':
      return [
        container.auth.method === 'api_key'
          ? need('key', 'warn', 'Key needed')
          : need('sign_in', 'warn', 'Sign-in needed'),
      ];
    case 'unknown':
      return [need('keychain', 'bad', 'Keychain not available')];
    case 'not_needed':
    case 'present':
      return [];
  }
}

function problemNeeds({ state, problem, platform }: ContainerStatus, need: NeedMaker): Need[] {
  if (problem?.code === 'pin_mismatch') return [need('pin_mismatch', 'bad', 'Its key has changed')];
  if (platform === 'failed') return [need('start_failed', 'bad', 'Did not start')];
  if (state !== 'failed') return [];
  return [need('down', 'bad', failures[problem?.code ?? ''] ?? 'Not working')];
}

const failures: Readonly<Partial<Record<string, string>>> = {
  name_not_found: 'Not found',
  connect_failed: 'Not reachable',
  connect_timed_out: 'Not reachable',
  connection_lost: 'Connection lost',
  proxy_failed: 'Proxy refuses',
  tls_failed: 'Not secure',
  not_mcp: 'No MCP server there',
  overloaded: 'Overloaded',
  timed_out: 'Does not answer',
  unauthorized: 'Refuses your key',
};

function whoOf(waiting: Snapshot['pendingConsents']): string {
  return waiting.length === 1 ? (waiting[0]?.program ?? '') : countText(waiting.length, 'program');
}

function ordinaryCondition({ state, platform, sessions }: ContainerStatus): Condition {
  if (platform === 'sleeping') return { kind: 'asleep', tone: 'quiet', words: 'Asleep' };
  if (platform === 'starting') return { kind: 'starting', tone: 'busy', words: 'Starting…' };
  if (platform === 'stopping') return { kind: 'stopping', tone: 'busy', words: 'Stopping…' };
  if (state === 'connecting') return { kind: 'connecting', tone: 'busy', words: 'Connecting…' };
  if (state !== 'connected') return { kind: 'ready', tone: 'quiet', words: 'Ready' };
  const clients = sessions === 0 ? '' : ` · ${countText(sessions, 'client')}`;
  return { kind: 'connected', tone: 'good', words: `Connected${clients}` };
}
