/** What a container's tools want repeated in headers, learnt from its `tools/list` on the way to the client. */
import { memberOf, textOf, type Message } from '../../../shared/envelope.ts';
import { withoutMembers } from '../../../shared/json-cut.ts';
import type { Span } from '../../../shared/json-scan.ts';
import { annotation, paramHeaders, paramHeadersOf, type ParamHeader } from './param-headers.ts';
import { messageOf } from '../splice.ts';

export interface ToolHeaders {
  /**
   * Learns from an answer to `tools/list`.
   * @returns what the client is to get: the same, without the tools that no client may use
   */
  learn(request: Message, answer: Message): Message;
  /** What a message repeats in headers of its own; nothing for anything but a call of a tool that wants it. */
  of(message: Message): Record<string, string>;
}

export function createToolHeaders(): ToolHeaders {
  const wanted = new Map<string, readonly ParamHeader[]>();

  return {
    learn(request, answer) {
      if (answer.failed) return answer;
      if (memberOf(request.bytes, request.body, 'cursor') === undefined) wanted.clear();
      const { bytes, body } = answer;
      // Nearly all lists have none, and are not read any further.
      if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(annotation)) return answer;
      const list = memberOf(bytes, body, 'tools');
      if (list === undefined) return answer;
      const usable = withoutMembers(bytes, list, (_key, tool) => {
        const headers = headersOf(bytes, tool);
        const name = nameOf(bytes, tool);
        if (name !== undefined && headers !== undefined && headers.length > 0) wanted.set(name, headers);
        return headers === undefined;
      });
      return usable === bytes ? answer : messageOf(usable);
    },
    of(message) {
      if (message.method !== 'tools/call' || wanted.size === 0) return {};
      const name = memberOf(message.bytes, message.body, 'name');
      const headers = wanted.get((name && textOf(message.bytes, name)) ?? '');
      return headers === undefined ? {} : paramHeaders(message, headers);
    },
  };
}

function nameOf(bytes: Uint8Array, tool: Span): string | undefined {
  const name = memberOf(bytes, tool, 'name');
  return name === undefined ? undefined : textOf(bytes, name);
}

function headersOf(bytes: Uint8Array, tool: Span): readonly ParamHeader[] | undefined {
  const schema = memberOf(bytes, tool, 'inputSchema');
  if (schema === undefined) return [];
  return paramHeadersOf(JSON.parse(Buffer.from(bytes.subarray(schema.start, schema.end)).toString()));
}
