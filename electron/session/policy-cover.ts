/**
 * Between stops 3 and 4, ahead of the other covers: what the person lets a client have of a container. Where they have
 * said nothing of it, no message is looked into here.
 */
import type { FairleadError } from '../../shared/errors.ts';
import type { Message } from '../../shared/envelope.ts';
import { isOpenEnded } from '../../shared/era.ts';
import { isOn, type Pause, type ToolRules } from '../../shared/policy.ts';
import type { Conversation, ConversationEvents, Standing, Upstream } from '../upstream/conversation.ts';
import { coveredUpstream } from './covered-upstream.ts';
import { announcingChanges } from './announced-changes.ts';
import { textMember } from './in-flight.ts';
import { changeOf, kindsWanted, subscriptionOf } from './newer-answers.ts';
import { ownAnswer, ownNotification, signInInstructions } from './own-answers.ts';
import { heldBack, switchedOff, trafficPaused } from './refusals.ts';
import { definitionsIn, withoutInstructions, withTools } from './tool-list.ts';

/** What is known of a container's tools, and of what it says of itself. */
export interface DefinitionWatch {
  /** Takes note of what it says now. */
  see(tool: string, definition: string): void;
  seeInstructions(text: string): void;
  /** Whether a tool that is listed is to be held back; and whether its call is. */
  holds(tool: string): boolean;
  refuses(tool: string): boolean;
  readonly refusesAny: boolean;
  readonly holdsInstructions: boolean;
}

/** What applies to one client, as it is now. */
export interface PolicyWatch {
  readonly rules: ToolRules;
  /** Undefined where nobody minds what becomes of its tools. */
  readonly definitions: DefinitionWatch | undefined;
  /** Present while nothing may be asked at all. */
  readonly paused: Pause | undefined;
  /**
   * Undefined: what the client says may go on. Else resolves when it may: once it is known which program that is, and its
   * person has let it use the container. Rejects with a FairleadError where they have not, or with the signal's reason.
   */
  admission(signal: AbortSignal): Promise<void> | undefined;
  /** Whether nobody has to be asked first, as far as is known. */
  readonly admitted: boolean;
  /** Tells when a client that asks again gets something else. @returns the function that ends it */
  onChange(listener: () => void): () => void;
}

export interface PolicyCoverDeps {
  readonly upstream: Upstream;
  readonly policy: PolicyWatch;
  /** The container's, for people. */
  readonly name: string;
}

/** They go on through a pause: they only bring to an end what had begun before it. */
const endings = new Set(['notifications/initialized', 'notifications/cancelled']);

export function coverPolicy(deps: PolicyCoverDeps): Upstream {
  return coveredUpstream(deps.upstream, (events, said) => createGovernedConversation(deps, events, said));
}

/** A `subscriptions/listen` that is under way. */
interface Listener {
  readonly request: Message;
  /** Before it is, the client must not be told of anything (MCP 2026-07-28, Subscriptions). */
  acknowledged: boolean;
}

function createGovernedConversation(
  { upstream, policy, name }: PolicyCoverDeps,
  events: ConversationEvents,
  said: () => Standing,
): Conversation {
  /** By id: requests whose answers are looked into. */
  const watched = new Map<string, (answer: Message) => Message>();
  const listeners = new Map<string, Listener>();

  const inner = upstream.converse(
    {
      receive(message, about) {
        if (message.method === 'notifications/subscriptions/acknowledged') acknowledge(message);
        const look =
          watched.size > 0 && message.kind === 'response' ? watched.get(message.idKey ?? '') : undefined;
        events.receive(look === undefined || message.failed ? message : look(message), about);
      },
      renewed: (answer) => events.renewed(answer),
      reached: events.reached,
    },
    said,
  );

  const permitted = (list: Message): Message => {
    const { rules, definitions } = policy;
    if (definitions === undefined)
      return rules.length === 0 ? list : withTools(list, (tool) => isOn(rules, tool));
    for (const [tool, definition] of definitionsIn(list))
      if (isOn(rules, tool)) definitions.see(tool, definition);
    return withTools(list, (tool) => isOn(rules, tool) && !definitions.holds(tool));
  };

  const greeted = (answer: Message): Message => {
    const greeting = announcingChanges(answer);
    const { definitions } = policy;
    const text = definitions && textMember(greeting, 'instructions');
    // What was said in the container's place is no word of its.
    if (text === undefined || text === signInInstructions(name)) return greeting;
    definitions?.seeInstructions(text);
    return definitions?.holdsInstructions === true ? withoutInstructions(greeting) : greeting;
  };

  const sendWatched = (
    message: Message,
    signal: AbortSignal,
    look: (answer: Message) => Message,
  ): Promise<void> => {
    const { idKey = '' } = message;
    watched.set(idKey, look);
    return inner.send(message, signal).finally(() => {
      if (watched.get(idKey) === look) watched.delete(idKey);
    });
  };

  const acknowledge = (notification: Message) => {
    const listener = listeners.get(subscriptionOf(notification));
    if (listener !== undefined) listener.acknowledged = true;
  };

  const stopWatching = policy.onChange(() => {
    if (said().initialized !== undefined) events.receive(ownNotification('notifications/tools/list_changed'));
    for (const { request, acknowledged } of listeners.values())
      if (acknowledged && kindsWanted(request).includes('tools')) events.receive(changeOf('tools', request));
  });

  const refusalOf = (call: Message): FairleadError | undefined => {
    const { rules, definitions } = policy;
    if (rules.length === 0 && definitions?.refusesAny !== true) return undefined;
    const tool = textMember(call, 'name') ?? '';
    if (!isOn(rules, tool)) return switchedOff(name);
    return definitions?.refuses(tool) === true ? heldBack(name) : undefined;
  };

  const send = (message: Message, signal: AbortSignal): Promise<void> => {
    const { method, idKey = '' } = message;
    if (method === 'tools/call') {
      const refusal = refusalOf(message);
      if (refusal !== undefined) return Promise.reject(refusal);
    } else if (method === 'tools/list') return sendWatched(message, signal, permitted);
    else if (method === 'initialize' || method === 'server/discover')
      return sendWatched(message, signal, greeted);
    else if (isOpenEnded(method)) {
      const listener = { request: message, acknowledged: false };
      listeners.set(idKey, listener);
      return inner.send(message, signal).finally(() => {
        if (listeners.get(idKey) === listener) listeners.delete(idKey);
      });
    }
    return inner.send(message, signal);
  };

  return {
    send(message, signal) {
      const { paused } = policy;
      if (paused !== undefined && !endings.has(message.method)) {
        // A client that gets no answer to that ends the session.
        const isPing = message.kind === 'request' && message.method === 'ping';
        if (!isPing) return Promise.reject(trafficPaused(paused));
        events.receive(ownAnswer(message, '{}'));
        return Promise.resolve();
      }
      // Of what waits, nothing has left.
      if (message.method === 'notifications/cancelled' && !policy.admitted) return Promise.resolve();
      const admission = policy.admission(signal);
      if (admission === undefined) return send(message, signal);
      return admission.then(() => {
        signal.throwIfAborted();
        return send(message, signal);
      });
    },
    restore() {
      // Else the next request begins it, if that may go on.
      if (policy.paused === undefined && policy.admitted) inner.restore();
    },
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    get protocolVersion() {
      return inner.protocolVersion;
    },
    close() {
      stopWatching();
      return inner.close();
    },
  };
}
