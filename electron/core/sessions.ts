/** Stop 3 of the core: a client's conversation, with all that stands between it and its container. */
import type { Container } from '../../shared/container.ts';
import type { OpenedContainer } from '../containers/opening.ts';
import type { Registry } from '../containers/registry.ts';
import type { SessionWatch } from '../control/observatory.ts';
import type { Broker, CredentialOwner } from '../credentials/broker.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ClientChannel } from '../session/client-channel.ts';
import { createAnswerMemory } from '../session/known-answers.ts';
import { createOpenSessions, type OpenSessions } from '../session/open-sessions.ts';
import { coverPolicy } from '../session/policy-cover.ts';
import type { Session } from '../session/session.ts';
import { coverSignIn } from '../session/sign-in-cover.ts';
import { coverWake } from '../session/wake-cover.ts';
import type { WakeGate } from '../session/wake-gate.ts';
import { programOf, type Peer } from '../socket/peer-program.ts';
import type { Upstream } from '../upstream/conversation.ts';
import type { UpstreamPool } from '../upstream/upstream-pool.ts';
import type { Policies } from './policies.ts';
import { unlessInvalid } from './unless-invalid.ts';

export interface Sessions extends Pick<OpenSessions, 'close' | 'interrupt'> {
  /** @param pid of the program that joined; undefined: the core itself asks */
  begin(opened: OpenedContainer, channel: ClientChannel, pid?: number): Session;
  /** What the container answered is of no use any more. */
  forget(container: string): void;
}

export function createSessions(deps: {
  logger: Logger;
  registry: Pick<Registry, 'list' | 'onChange'>;
  broker: Broker;
  pool: UpstreamPool;
  gateOf: (container: Container) => WakeGate | undefined;
  policies: Policies;
  observatory: SessionWatch;
}): Sessions {
  const { logger, registry, broker, pool, gateOf, policies, observatory } = deps;
  const sessions = createOpenSessions();
  const known = createAnswerMemory();
  const limits = followLimits(registry);
  /** That sleeping containers are started for. */
  const wakingUpstream = (owner: CredentialOwner): Upstream => {
    const upstream = pool.get(owner);
    const gate = gateOf(owner.container);
    return gate === undefined ? upstream : coverWake({ upstream, gate, name: owner.container.name });
  };
  /** For people's clients. The core's own questions want to hear that nobody is signed in. */
  const coveredUpstream = (owner: CredentialOwner): Upstream => {
    const { container } = owner;
    const upstream = wakingUpstream(owner);
    const signIn = broker.watch(owner);
    return signIn === undefined
      ? upstream
      : coverSignIn({ upstream, signIn, known: known.of(container), name: container.name });
  };
  /** As far as the person lets them. */
  const governedUpstream = (opened: OpenedContainer, peer: Peer | undefined): Upstream => {
    const upstream = peer === undefined ? wakingUpstream(opened) : coveredUpstream(opened);
    const policy = policies.watch(opened, peer?.program);
    return coverPolicy({ upstream, policy, name: opened.container.name });
  };
  return {
    begin(opened, channel, pid) {
      const peer = pid === undefined ? undefined : { pid, program: programOf(pid) };
      return sessions.open(opened.container, {
        channel,
        observer: observatory.watch(opened, peer),
        upstream: governedUpstream(opened, peer),
        timeLimitMs: () => limits.of(opened.container) * 1000,
        clock: systemClock,
        logger,
      });
    },
    close: (which, reason) => sessions.close(which, reason),
    interrupt: (reason) => sessions.interrupt(reason),
    forget: (container) => known.forget(container),
  };
}

/** How long requests may take, in seconds: looked up for each of them, so kept by name. */
function followLimits(registry: Pick<Registry, 'list' | 'onChange'>): { of(container: Container): number } {
  const read = () => new Map(registry.list().map(({ name, timeoutSeconds }) => [name, timeoutSeconds]));
  let limits: ReadonlyMap<string, number> = unlessInvalid(read, new Map());
  registry.onChange(() => (limits = unlessInvalid(read, limits)));
  return { of: ({ name, timeoutSeconds }) => limits.get(name) ?? timeoutSeconds };
}
