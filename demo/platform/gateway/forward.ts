/** One request through the gateway: what of it reaches the container, and the answer on its way back. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { request, type Agent } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { FairleadError } from '../../../shared/errors.ts';
import { userClaimHeader } from '../../tokens/user-claim.ts';

/**
 * What may pass; all else stays out: whatever a client could be taken for somebody by (a claim of its own, Forwarded,
 * X-Forwarded-*, X-User-*, Cookie), its credential for the platform, and what belongs to its own connection.
 */
const towardsContainer =
  /^(accept|accept-encoding|accept-language|content-type|content-length|content-encoding|last-event-id|user-agent|traceparent|tracestate|baggage|mcp-.+)$/;
const towardsClient =
  /^(content-type|content-length|content-encoding|retry-after|vary|date|allow|x-accel-buffering|mcp-.+)$/;

export interface Target {
  readonly port: number;
  readonly agent: Agent;
  readonly claim: string;
}

/**
 * Streams both ways, no faster than the slower side reads. Ends the one side when the other goes.
 * @returns the container's status
 * Throws `connection_lost` or `protocol_violation` where no answer came, and nothing is sent then; later, the client's connection breaks as the container's did.
 */
export async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { port, agent, claim }: Target,
): Promise<number> {
  const upstream = request({
    ...{ host: '127.0.0.1', port, path: '/mcp', method: incoming.method, agent },
    headers: { ...allowed(incoming.headers, towardsContainer), [userClaimHeader]: claim },
  });
  const abandon = () => void upstream.destroy();
  outgoing.once('close', abandon);
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once('response', resolve);
      upstream.on('error', (cause) => reject(silent(cause)));
    });
    // Not a pipeline: a container may answer, or go, before it has read all, and the client is to be told.
    incoming.pipe(upstream);
    const answer = await answered;
    const status = answer.statusCode ?? 502;
    // The claim and the certificate are ours: that they are refused is not the client's to mend.
    if (status === 401 || status === 403) {
      answer.destroy();
      throw new FairleadError('protocol_violation', 'A hosted container refuses the platform’s gateway.', {
        help: 'Stop it and start it again: its certificate may have ended.',
      });
    }
    outgoing.writeHead(status, allowed(answer.headers, towardsClient));
    // A stream's beginning is news: that it is open.
    outgoing.flushHeaders();
    await pipeline(answer, outgoing).catch(() => void outgoing.destroy());
    return status;
  } finally {
    outgoing.off('close', abandon);
  }
}

function silent(cause: Error): FairleadError {
  return new FairleadError('connection_lost', 'A hosted container does not answer.', { cause });
}

function allowed(headers: IncomingHttpHeaders, names: RegExp): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.test(name)));
}
