/** Asks an unknown server what it is: its transport, its protocol, and whether and how it wants to be entered. */
import { asFairleadError, type ErrorCode } from '../../shared/errors.ts';
import { memberOf, readEnvelope, textOf, type Message } from '../../shared/envelope.ts';
import type { Container, ProbeReport } from '../../shared/container.ts';
import { version } from '../runtime/version.ts';
import type { Send } from '../credentials/exchange.ts';
import { createUpstream } from './upstream.ts';

const probeMs = 15_000;
const newestOlder = '2025-11-25';

type Challenge = NonNullable<ProbeReport['challenge']>;

/**
 * Begins and ends one session with the server, and asks whether it takes the newer era, too.
 * @param send with the credential attached, where there is one to try
 * @returns never throws for what the server does
 */
export async function probeContainer(container: Container, send: Send): Promise<ProbeReport> {
  const startedMs = performance.now();
  let challenge: Challenge | undefined;
  const watched: Send = async (request) => {
    const response = await send(request);
    if (response.status === 401) challenge = challengeOf(response.header('www-authenticate'));
    return response;
  };
  const upstream = createUpstream({ container, send: watched, close: () => Promise.resolve() });
  let answer: Message | undefined;
  const greeting = greetingMessage();
  const conversation = upstream.converse(
    {
      receive(message) {
        if (message.kind === 'response' && message.idKey === greeting.idKey) answer = message;
      },
      renewed: () => undefined,
    },
    () => ({ initialize: undefined, initialized: undefined, requests: [] }),
  );

  const report = (rest: Omit<ProbeReport, 'elapsedMs'>): ProbeReport => ({
    ...rest,
    elapsedMs: Math.round(performance.now() - startedMs),
  });
  try {
    await conversation.send(greeting, AbortSignal.timeout(probeMs));
    const told = found(answer, upstream.transport);
    // What a container of the newer era alone is heard to say to `initialize` is a translation.
    const newer = told.outcome === 'mcp' ? await upstream.newerVersion() : undefined;
    return report({ ...told, ...(newer !== undefined && { protocolVersion: newer }) });
  } catch (thrown) {
    return report(failure(thrown, challenge));
  } finally {
    await conversation.close();
  }
}

function greetingMessage(): Message {
  const params = {
    protocolVersion: newestOlder,
    capabilities: {},
    clientInfo: { name: 'Fairlead', version },
  };
  const reading = readEnvelope(
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 'fairlead-probe', method: 'initialize', params })),
  );
  if (reading.status !== 'message') throw new TypeError('the greeting is a message');
  return reading.message;
}

function found(
  answer: Message | undefined,
  transport: 'http' | 'sse' | undefined,
): Omit<ProbeReport, 'elapsedMs'> {
  if (answer === undefined || answer.failed || transport === undefined) {
    return { outcome: 'not_mcp', summary: 'It answers like an MCP server, but refuses to begin a session.' };
  }
  const { bytes, body } = answer;
  const text = (span: Parameters<typeof textOf>[1] | undefined) =>
    span === undefined ? undefined : textOf(bytes, span);
  const info = memberOf(bytes, body, 'serverInfo');
  const protocolVersion = text(memberOf(bytes, body, 'protocolVersion'));
  const name = text(memberOf(bytes, info, 'name'));
  return {
    outcome: 'mcp',
    transport,
    ...(protocolVersion !== undefined && { protocolVersion }),
    ...(name !== undefined && { server: { name, version: text(memberOf(bytes, info, 'version')) ?? '' } }),
    summary: `An MCP server over ${transport === 'http' ? 'Streamable HTTP' : 'HTTP+SSE'}.`,
  };
}

function failure(thrown: unknown, challenge: Challenge | undefined): Omit<ProbeReport, 'elapsedMs'> {
  const error = asFairleadError(thrown);
  if (error.code === 'unauthorized' || error.code === 'forbidden') {
    return {
      outcome: 'auth_required',
      ...(challenge !== undefined && { challenge }),
      summary: wants[challenge ?? 'other'],
    };
  }
  if (speaksOtherwise.has(error.code)) return { outcome: 'not_mcp', summary: error.message };
  const summary = error.code === 'internal' ? `It did not answer within ${probeMs / 1000} s.` : error.message;
  return { outcome: 'unreachable', summary };
}

const speaksOtherwise = new Set<ErrorCode>([
  'not_mcp',
  'http_refused',
  'protocol_violation',
  'answer_too_large',
]);

const wants: Record<Challenge, string> = {
  bearer: 'It wants a key (Bearer).',
  oauth: 'It wants a sign-in (OAuth).',
  other: 'It wants to be entered in a way that it does not name.',
};

/** RFC 9110 §11.6.1; `resource_metadata` is what RFC 9728 §5.1 adds for servers with a sign-in of their own. */
function challengeOf(header: string | undefined): Challenge {
  if (header === undefined || !/^\s*bearer\b/i.test(header)) return 'other';
  return /\bresource_metadata\s*=/i.test(header) ? 'oauth' : 'bearer';
}
