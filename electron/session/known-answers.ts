/** What a container last said of itself, for clients that come while it cannot be asked. */
import type { Container } from '../../shared/container.ts';
import { memberOf, type Message } from '../../shared/envelope.ts';
import type { Span } from '../../shared/json-scan.ts';
import { textMember } from './in-flight.ts';

/** Methods that list what a container has: the member of the result, and the capability that stands for it. */
export const listings: ReadonlyMap<string, { readonly member: string; readonly capability: string }> =
  new Map([
    ['tools/list', { member: 'tools', capability: 'tools' }],
    ['prompts/list', { member: 'prompts', capability: 'prompts' }],
    ['resources/list', { member: 'resources', capability: 'resources' }],
    ['resources/templates/list', { member: 'resourceTemplates', capability: 'resources' }],
  ]);
/** What can be listed, by its capability. */
export const kinds: readonly string[] = [
  ...new Set([...listings.values()].map(({ capability }) => capability)),
];

/** Larger ones are not kept. */
const maxListChars = 4 * 1024 * 1024;
const maxGreetings = 16;

/** JSON, in the container's own words. */
export interface KnownAnswers {
  /** To an `initialize` of the same protocol version and the same capabilities. */
  greeting(request: Message): string | undefined;
  /**
   * What a listing has listed, all its pages in one. It is the same in both eras; the result around it is not.
   * Pages are the container's own: here everything is on the first one, and nothing is on others.
   */
  listed(request: Message): string | undefined;
  /** To `server/discover`, whoever asks: it says no more of its client than the version it is written in. */
  readonly discovery: string | undefined;
  /** Takes note of a successful answer to `initialize`, `server/discover` or a listing. */
  learn(request: Message, answer: Message): void;
}

/** Pages of a listing that is under way. */
interface Pages {
  readonly items: string[];
  readonly next: string;
}

export interface AnswerMemory {
  /** Of one container, as it is configured now. */
  of(container: Container): KnownAnswers;
  /** The container is not used under this name any more. */
  forget(name: string): void;
}

export function createAnswerMemory(): AnswerMemory {
  const known = new Map<string, { name: string; answers: KnownAnswers }>();
  return {
    of({ name, url, account }) {
      const key = JSON.stringify([name, url, account]);
      const { answers } = known.get(key) ?? { answers: createKnownAnswers() };
      known.set(key, { name, answers });
      return answers;
    },
    forget(name) {
      for (const [key, each] of known) if (each.name === name) known.delete(key);
    },
  };
}

function createKnownAnswers(): KnownAnswers {
  const greetings = new Map<string, string>();
  const lists = new Map<string, string>();
  const begun = new Map<string, Pages>();
  let discovery: string | undefined;

  const learnGreeting = (request: Message, answer: Message) => {
    const key = greetingKey(request);
    greetings.delete(key);
    greetings.set(key, source(answer, answer.body));
    const [oldest] = greetings.keys();
    if (greetings.size > maxGreetings && oldest !== undefined) greetings.delete(oldest);
  };

  const learnPage = (request: Message, answer: Message, member: string) => {
    const { method } = request;
    const before = begun.get(method);
    const cursor = textMember(request, 'cursor');
    begun.delete(method);
    // Two clients that list at once would make one list of two halves.
    if (cursor !== before?.next && cursor !== undefined) return;
    const span = memberOf(answer.bytes, answer.body, member);
    if (span === undefined) return;
    const items = [...(cursor === undefined ? [] : (before?.items ?? [])), inside(source(answer, span))];
    const next = textMember(answer, 'nextCursor');
    if (items.reduce((sum, each) => sum + each.length, 0) > maxListChars) lists.delete(method);
    else if (next !== undefined) begun.set(method, { items, next });
    else lists.set(method, `[${items.filter((each) => each !== '').join(',')}]`);
  };

  return {
    greeting: (request) => greetings.get(greetingKey(request)),
    listed: (request) =>
      textMember(request, 'cursor') === undefined ? lists.get(request.method) : undefined,
    get discovery() {
      return discovery;
    },
    learn(request, answer) {
      const listing = listings.get(request.method);
      if (request.method === 'initialize') learnGreeting(request, answer);
      else if (request.method === 'server/discover') discovery = source(answer, answer.body);
      else if (listing !== undefined) learnPage(request, answer, listing.member);
    },
  };
}

function greetingKey(request: Message): string {
  const { bytes, body } = request;
  const member = (name: string) => source(request, memberOf(bytes, body, name));
  return `${member('protocolVersion')} ${member('capabilities')}`;
}

function source({ bytes }: Message, span: Span | undefined): string {
  return span === undefined ? '' : Buffer.from(bytes.subarray(span.start, span.end)).toString('utf8');
}

/** What stands between an array's brackets. */
function inside(array: string): string {
  return array.slice(1, -1).trim();
}
