/** One client's conversation in the era that the client speaks, which its first messages tell. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { nextEra, type ClientEra } from '../../../shared/era.ts';
import { refusesVersion, type ContainerEra } from './container-era.ts';
import type { Conversation, ConversationEvents, MayListen, Standing } from '../conversation.ts';
import { createEraAttempt, type EraAttempt } from './era-attempt.ts';
import type { ModernConversation } from '../transports/modern-http.ts';
import { createNewerToOlder } from './newer-to-older.ts';
import { createOlderToNewer } from './older-to-newer.ts';
import { GreetingRefused, HttpRefused } from '../transports/refusal.ts';
import type { SessionConversation } from '../transports/streamable-http.ts';
import { containerTooNew } from './untranslated.ts';

export interface BothErasDeps {
  readonly legacy: (events: ConversationEvents, standing: () => Standing) => SessionConversation;
  /** Undefined: over the container's transport there is none. */
  readonly modern: ((events: ConversationEvents) => ModernConversation) | undefined;
  readonly events: ConversationEvents;
  readonly standing: () => Standing;
  readonly mayListen: MayListen | undefined;
  /** Shared by all clients of the container. */
  readonly container: ContainerEra;
}

type NewerTerms = Parameters<ModernConversation['send']>[1];

export function createConversationOfBothEras(deps: BothErasDeps): Conversation {
  const { events, container } = deps;
  let client: ClientEra = { status: 'undecided' };
  /** Of the client's `initialize`: a container that refuses it may be one that has never heard of it. */
  const greeting = createEraAttempt({
    isAboutEra: async (refusal) =>
      'thrown' in refusal
        ? isTooNew(refusal.thrown)
        : refusesVersion(refusal.answer) || (await container.find()) === 'modern',
    receive: (message) => events.receive(message),
  });
  /** Of the client's `server/discover`, which goes to the container each time: it is how a change is noticed. */
  const probe = createEraAttempt({
    isAboutEra: (refusal) =>
      container.known === 'legacy' && ('answer' in refusal || refusal.thrown instanceof HttpRefused),
    receive: (message) => events.receive(message),
  });
  const heardBy = (attempt: EraAttempt): ConversationEvents => ({
    receive: (message) => attempt.receive(message),
    renewed: (answer) => events.renewed(answer),
    reached: events.reached,
  });

  const legacy = deps.legacy(heardBy(greeting), deps.standing);
  const modern = deps.modern?.(heardBy(probe));
  /** What passes for a container of the newer era at one that has only sessions. */
  let newer: ModernConversation | undefined;
  /** What the client's `initialize` began: a session, or what passes for one at a container that has none. */
  let older: Conversation = legacy;
  /** As long as the client's `initialize` is under way. Never rejects. */
  let greeted: Promise<void> | undefined;
  let paused = false;

  const isTooNew = async (thrown: unknown): Promise<boolean> => {
    if (thrown instanceof FairleadError && thrown.code === 'container_too_new') return true;
    const refused =
      thrown instanceof GreetingRefused ||
      (thrown instanceof HttpRefused && [400, 404, 405].includes(thrown.status));
    return refused && (await container.find()) === 'modern';
  };

  /** @throws FairleadError container_too_new where that cannot be */
  const translate = (): Conversation => {
    if (deps.modern === undefined) throw containerTooNew();
    container.learn('modern');
    older = createOlderToNewer({ ...deps, modern: deps.modern });
    if (paused) older.pause();
    return older;
  };

  /** In a session, if the container has any: each `initialize` asks it anew. */
  const greet = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (older !== legacy) await older.close();
    older = legacy;
    const refused = await greeting.make(message, () => legacy.send(message, signal));
    if (refused) await translate().send(message, signal);
  };

  const begin = async (message: Message, signal: AbortSignal): Promise<void> => {
    const begun = greet(message, signal);
    const settled = begun
      .catch(() => undefined)
      .finally(() => {
        if (greeted === settled) greeted = undefined;
      });
    greeted = settled;
    await begun;
  };

  const sendOlder = async (message: Message, signal: AbortSignal): Promise<void> => {
    // Where it goes is not known before; but what may end what is under way goes where that went.
    if (greeted !== undefined && message.method !== 'notifications/cancelled') {
      await greeted;
      signal.throwIfAborted();
    }
    const used = older;
    try {
      await used.send(message, signal);
    } catch (thrown) {
      if (used !== legacy || deps.standing().initialize === undefined || !(await isTooNew(thrown)))
        throw thrown;
      if (older === legacy) translate().restore();
      await older.send(message, signal);
    }
  };

  const restoreElsewhere = async (thrown: unknown): Promise<void> => {
    if (older === legacy && deps.modern !== undefined && (await isTooNew(thrown))) translate().restore();
  };

  const translateNewer = (): ModernConversation => {
    newer ??= createNewerToOlder({ legacy: deps.legacy, events });
    if (paused) newer.pause();
    return newer;
  };

  const discover = async (message: Message, terms: NewerTerms): Promise<void> => {
    const refused = modern === undefined || (await probe.make(message, () => modern.send(message, terms)));
    if (refused) await translateNewer().send(message, terms);
  };

  const sendModern = async (message: Message, signal: AbortSignal): Promise<void> => {
    const terms = { signal, version: client.status === 'modern' ? client.version : undefined };
    if (message.method === 'server/discover') return discover(message, terms);
    const asks = message.kind === 'request';
    const isOlder = modern === undefined || (asks ? await container.find() : container.known) === 'legacy';
    await (isOlder ? translateNewer() : modern).send(message, terms);
  };

  return {
    async send(message, signal) {
      client = nextEra(client, message);
      if (client.status !== 'legacy') await sendModern(message, signal);
      else if (message.method === 'initialize') await begin(message, signal);
      else await sendOlder(message, signal);
    },
    restore() {
      if (deps.standing().initialize === undefined) return;
      client = { status: 'legacy' };
      if (older !== legacy) older.restore();
      else void legacy.begin().catch(restoreElsewhere);
    },
    pause() {
      paused = true;
      older.pause();
      modern?.pause();
      newer?.pause();
    },
    resume() {
      paused = false;
      older.resume();
      modern?.resume();
      newer?.resume();
    },
    get protocolVersion() {
      return client.status === 'modern'
        ? (modern?.protocolVersion ?? newer?.protocolVersion)
        : older.protocolVersion;
    },
    async close() {
      await Promise.all([legacy.close(), older.close(), modern?.close(), newer?.close()]);
    },
  };
}
