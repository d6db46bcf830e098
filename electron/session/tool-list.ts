/** What a client gets of a container's `tools/list` and of its greeting, in the container's own bytes. Pure. */
import { memberOf, sourceOf, textOf, type Message } from '../../shared/envelope.ts';
import { withoutMembers } from '../../shared/json-cut.ts';
import { scanMembers, type Span } from '../../shared/json-scan.ts';
import { definitionOf } from '../../shared/tool-definition.ts';

/** @returns the list without the other tools; the same one where the client may have them all */
export function withTools(list: Message, mayHave: (tool: string) => boolean): Message {
  const { bytes } = list;
  return cut(list, memberOf(bytes, list.body, 'tools'), (_key, tool) => !mayHave(nameOf(bytes, tool) ?? ''));
}

/** @returns by name what a list says of its tools: all of it where several share one, as a client may take any of them */
export function definitionsIn({ bytes, body }: Message): ReadonlyMap<string, string> {
  const definitions = new Map<string, string>();
  const tools = memberOf(bytes, body, 'tools');
  if (tools === undefined) return definitions;
  scanMembers(bytes, tools, (_key, tool) => {
    const name = nameOf(bytes, tool);
    if (name === undefined) return;
    const [others, own] = [definitions.get(name), definitionOf(sourceOf(bytes, tool))];
    definitions.set(name, others === undefined || others === own ? own : `${others}\n${own}`);
  });
  return definitions;
}

export function withoutInstructions(greeting: Message): Message {
  return cut(greeting, greeting.body, (key) => textOf(greeting.bytes, key) === 'instructions');
}

function nameOf(bytes: Uint8Array, tool: Span): string | undefined {
  const name = memberOf(bytes, tool, 'name');
  return name && textOf(bytes, name);
}

function cut(
  answer: Message,
  container: Span | undefined,
  isCut: (key: Span, value: Span) => boolean,
): Message {
  const { bytes, body } = answer;
  if (container === undefined || body === undefined) return answer;
  const rest = withoutMembers(bytes, container, isCut);
  if (rest === bytes) return answer;
  return { ...answer, bytes: rest, body: { start: body.start, end: body.end - bytes.length + rest.length } };
}
