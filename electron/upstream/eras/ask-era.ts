/** Asks a container whether it takes messages of MCP 2026-07-28, where no client's own message has shown it. */
import type { Message } from '../../../shared/envelope.ts';
import { modernVersion } from '../../../shared/era.ts';
import { version } from '../../runtime/version.ts';
import type { Send } from '../../credentials/exchange.ts';
import { verdictOf, verdictOfStatus, type Verdict } from './container-era.ts';
import { readAnswer } from '../transports/exchange-request.ts';
import { createFlow } from '../transports/flow.ts';
import { post } from '../transports/post.ts';
import { HttpRefused } from '../transports/refusal.ts';
import { modernHeaders } from '../transports/request-headers.ts';
import { ownRequest } from '../splice.ts';

const askMs = 15_000;

/** Sends `server/discover`, which runs nothing. @throws FairleadError, or a timeout, where there is no answer */
export async function askEra({ url, send }: { url: URL; send: Send }): Promise<Verdict | undefined> {
  const request = discoverRequest();
  const signal = AbortSignal.timeout(askMs);
  let verdict: Verdict | undefined;
  try {
    const response = await post(request, { send, url, headers: modernHeaders(request, undefined), signal });
    await readAnswer(response, {
      request,
      flow: createFlow(),
      signal,
      deliver(message) {
        if (message.kind === 'response' && message.idKey === request.idKey)
          verdict = verdictOf(request, message);
      },
    });
  } catch (thrown) {
    if (thrown instanceof HttpRefused) return verdictOfStatus(request, thrown.status);
    throw thrown;
  }
  return verdict;
}

function discoverRequest(): Message {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientInfo': { name: 'Fairlead', version },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return ownRequest('fairlead-era', 'server/discover', JSON.stringify({ _meta: meta }));
}
