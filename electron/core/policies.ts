/** What applies to each session of what the registry keeps: a pause, and the container's policy for the program there. */
import {
  consentFor,
  isPausedAt,
  levelOf,
  noPolicy,
  rulesFor,
  type Pause,
  type PendingConsent,
  type Policy,
} from '../../shared/policy.ts';
import type { DefinitionMemory } from '../containers/definition-memory.ts';
import type { OpenedContainer } from '../containers/opening.ts';
import type { ProgramMemory } from '../containers/program-memory.ts';
import { policyKey, type Registry } from '../containers/registry.ts';
import type { AuditLog } from '../control/audit-log.ts';
import type { Clock } from '../runtime/clock.ts';
import { createListeners } from '../runtime/listeners.ts';
import type { PolicyWatch } from '../session/policy-cover.ts';
import type { Peer, Program } from '../socket/peer-program.ts';
import { createConsents } from './consents.ts';
import { watchDefinitions } from './definition-watch.ts';
import { createPolicyRecord } from './policy-record.ts';
import { unlessInvalid } from './unless-invalid.ts';

/** Nobody could tell which: the system does not, or it had ended before it was looked at. */
const unknown: Program = { name: 'unknown' };
/** Node's timers take no longer ones. */
const longestTimerMs = 2 ** 31 - 1;

export interface Policies {
  /** @param program that joined; undefined: the core itself asks, which only a pause keeps from it */
  watch(opened: OpenedContainer, program: Peer['program'] | undefined): PolicyWatch;
  /** Programs that wait for the person. */
  pending(): readonly PendingConsent[];
  /** Of a pause, too, that ends by itself. @returns the function that ends it */
  onChange(listener: () => void): () => void;
}

export function createPolicies(deps: {
  registry: Pick<Registry, 'policyOf' | 'paused' | 'onChange'>;
  memory: Pick<DefinitionMemory, 'of' | 'onChange'>;
  programs: Pick<ProgramMemory, 'see'>;
  audit: Pick<AuditLog, 'append'>;
  clock: Pick<Clock, 'now'>;
  /** As createConsents's. */
  personMs?: number | undefined;
}): Policies {
  const { registry, memory, clock } = deps;
  let pause: Pause | undefined;
  let ending: NodeJS.Timeout | undefined;

  const paused = () => (isPausedAt(clock.now(), pause) ? pause : undefined);
  const { tell, add: onChange } = createListeners();
  const readPause = () => {
    pause = unlessInvalid(() => registry.paused(), pause);
    clearTimeout(ending);
    const until = paused()?.until;
    if (until !== undefined)
      ending = setTimeout(tell, Math.min(until - clock.now() + 1, longestTimerMs)).unref();
  };
  registry.onChange(() => {
    readPause();
    tell();
  });
  memory.onChange(tell);
  readPause();

  const record = createPolicyRecord(deps);
  const consents = createConsents({
    onChange,
    tell,
    asked: (container, program) => record.asked(container, program),
    personMs: deps.personMs,
  });

  return {
    onChange,
    pending: () => consents.pending(),
    watch({ configured, container, policy: own = noPolicy }, program) {
      let policy: Policy = own;
      const readPolicy = () => {
        if (configured) policy = unlessInvalid(() => registry.policyOf(container), policy);
      };
      readPolicy();
      let found: Program | undefined;
      let used = false;
      /** Once it is known which program has got through. */
      const noteUse = () => {
        if (used && found !== undefined && found !== unknown && configured) record.used(container, found);
      };
      const finding = program?.then((one) => {
        found = one ?? unknown;
        noteUse();
      });
      const use = () => {
        if (used) return;
        used = true;
        noteUse();
      };
      /** The core itself asks for the person, who is to see all that there is. */
      const isOwn = program === undefined;
      const known = configured ? memory.of(policyKey(container)) : undefined;
      const level = () => levelOf(policy, container);
      const definitions =
        known &&
        watchDefinitions(known, {
          level: () => (isOwn ? 'warn' : level()),
          tell: record.news(container, () => level() === 'hold'),
        });

      const rules = () => (isOwn ? [] : rulesFor(policy, found?.name));
      const undecided = () => {
        const { programs, consent: mode, consents: said } = policy;
        const matters = programs !== undefined || mode === 'ask' || said !== undefined;
        return matters && found === undefined ? finding : undefined;
      };
      const consent = () => (found === undefined ? 'given' : consentFor(policy, found));
      const admission = (signal: AbortSignal): Promise<void> | undefined => {
        const decided = undecided();
        if (decided !== undefined) return decided.then(() => admission(signal));
        if (found !== undefined && consent() !== 'given')
          return consents.wait({ container, program: found, consent, signal }).then(use);
        use();
        return undefined;
      };
      const held = () => (known !== undefined && level() === 'hold' ? [...known.changes.keys()] : []);
      const state = () => JSON.stringify([rules(), held(), consent()]);

      return {
        get rules() {
          return rules();
        },
        get definitions() {
          return level() === 'off' ? undefined : definitions;
        },
        get paused() {
          return paused();
        },
        admission,
        get admitted() {
          return undecided() === undefined && consent() === 'given';
        },
        onChange(listener) {
          let wasPaused = paused() !== undefined;
          let before = state();
          // Which rules are its is no change of theirs.
          void finding?.then(() => {
            before = state();
          });
          const compare = () => {
            const [isPaused, now] = [paused() !== undefined, state()];
            const isNews = wasPaused || now !== before;
            [wasPaused, before] = [isPaused, now];
            if (isNews && !isPaused) listener();
          };
          return onChange(() => {
            readPolicy();
            const decided = undecided();
            if (decided === undefined) compare();
            else void decided.then(compare);
          });
        },
      };
    },
  };
}
