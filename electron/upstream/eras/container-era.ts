/** Whether a container takes messages of MCP 2026-07-28: learnt from its answers, asked only where they do not say. */
import { errorCodeOf, memberOf, textOf, type Message } from '../../../shared/envelope.ts';
import { isModernVersion } from '../../../shared/era.ts';
import { scanMembers, type Span } from '../../../shared/json-scan.ts';

/**
 * `modern`: it does; it may take older ones too. `legacy`: it takes older ones alone. `unclear`: it answers as if it did
 * not, and has to be asked. Undefined: an answer that says nothing of it.
 */
export type Verdict = 'modern' | 'legacy' | 'unclear';
export type Known = Exclude<Verdict, 'unclear'>;

/** A container that is renewed may have learnt the newer era; asking again costs one request. */
const recheckMs = 5 * 60_000;

/** MCP 2026-07-28: a protocol version that is not supported; headers that are missing, or differ from the body. */
const unsupportedVersion = '-32022';
export const headerMismatch = '-32020';

export interface ContainerEra {
  /** Undefined: not known, or not known recently enough. */
  readonly known: Known | undefined;
  learn(verdict: Verdict | undefined): void;
  /**
   * Asks, unless it is known: once, however many wait.
   * @returns undefined where the container could not be asked, or would not say
   */
  find(): Promise<Known | undefined>;
}

/**
 * @param probe sends `server/discover`; it may throw
 * @param nowMs of any clock that only goes forward
 */
export function createContainerEra(
  probe: () => Promise<Verdict | undefined>,
  nowMs: () => number = () => performance.now(),
): ContainerEra {
  let known: Known | undefined;
  let learntMs = 0;
  let asking: Promise<unknown> | undefined;

  const era: ContainerEra = {
    get known() {
      return known === 'legacy' && nowMs() - learntMs > recheckMs ? undefined : known;
    },
    learn(verdict) {
      if (verdict === undefined) return;
      known = verdict === 'unclear' ? undefined : verdict;
      learntMs = nowMs();
    },
    async find() {
      if (era.known !== undefined) return era.known;
      asking ??= probe()
        .then(
          (verdict) => era.learn(verdict),
          () => undefined,
        )
        .finally(() => {
          asking = undefined;
        });
      await asking;
      return era.known;
    },
  };
  return era;
}

/**
 * What an answer to a modern request says of the container (MCP 2026-07-28, Versioning: backward compatibility).
 * Only `server/discover` can be refused for the era alone: another request may be refused for itself. Pure.
 */
export function verdictOf(request: Message, answer: Message): Verdict | undefined {
  const { bytes, body } = answer;
  const probes = request.method === 'server/discover';
  if (!answer.failed) {
    if (probes) return hasModern(bytes, memberOf(bytes, body, 'supportedVersions')) ? 'modern' : 'legacy';
    // Each result of the newer era says what it is; the older one knows no such member.
    return memberOf(bytes, body, 'resultType') === undefined ? undefined : 'modern';
  }
  if (refusesVersion(answer)) return 'modern';
  if (probes) return 'legacy';
  return ofOlderServers.has(errorCodeOf(answer) ?? '') ? 'unclear' : undefined;
}

/** What servers of the older era say to a request that belongs to no session; -32601 is said in both. */
const ofOlderServers: ReadonlySet<string> = new Set(['-32000', '-32001']);

/**
 * Whether an error is one of the newer era's alone: it names a version of that as one that would be taken, or wants
 * headers that only that has (a server may look at those first).
 */
export function refusesVersion(answer: Message): boolean {
  const { bytes, body, failed } = answer;
  if (!failed) return false;
  const code = errorCodeOf(answer);
  if (code !== unsupportedVersion) return code === headerMismatch;
  return hasModern(bytes, memberOf(bytes, memberOf(bytes, body, 'data'), 'supported'));
}

function hasModern(bytes: Uint8Array, list: Span | undefined): boolean {
  let found = false;
  if (list !== undefined) {
    scanMembers(bytes, list, (_key, each) => {
      found ||= isModernVersion(textOf(bytes, each) ?? '');
    });
  }
  return found;
}

/** What a refusal without a JSON-RPC error says: HTTP 4xx that is not about who asks, or when. Pure. */
export function verdictOfStatus(request: Message, status: number): Verdict | undefined {
  if (status < 400 || status > 499 || [401, 403, 408, 429].includes(status)) return undefined;
  return request.method === 'server/discover' ? 'legacy' : 'unclear';
}
