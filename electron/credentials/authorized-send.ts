/** Sends requests with a container's access token, and answers its 401 and 403: each at most once with a fresh token. */
import { FairleadError } from '../../shared/errors.ts';
import type { AccessToken, TokenSource } from './access-token.ts';
import { parseChallenge } from './discovery/challenge.ts';
import type { HttpRequest, HttpResponse, Send } from './exchange.ts';

/** MCP authorization, step-up: a server that wants ever more is not obeyed for ever. */
const maxStepUps = 2;

const checkSettings = 'Check its URL, --resource and --scope; `fairlead auth <name>` signs in anew.';

/** @param refusedHelp what to do about a container that does not take a token that is new */
export function authorizedSend(source: TokenSource, send: Send, refusedHelp = checkSettings): Send {
  return async (request) => {
    let token = source.usable() ?? (await source.ready());
    let renewed = false;
    for (let stepUps = 0; ;) {
      const response = await present(request, token, send);
      const { status } = response;
      if (status === 401) {
        const challenge = parseChallenge(response.header('www-authenticate'));
        response.discard();
        if (renewed && token !== undefined) {
          source.onRefused(token);
          throw refusedThoughFresh(refusedHelp);
        }
        renewed = true;
        token = await source.renew({ token, challenge, request });
      } else if (status === 403 && token !== undefined && stepUps < maxStepUps) {
        const challenge = parseChallenge(response.header('www-authenticate'));
        if (challenge?.error !== 'insufficient_scope') return response;
        response.discard();
        stepUps += 1;
        token = await source.widen({ token, challenge, request });
      } else {
        if (token?.accepted === false && status < 400) {
          token.accepted = true;
          source.onAccepted(token);
        }
        return response;
      }
    }
  };
}

/** One exchange with a token, again where the container only wants it presented in another way. */
async function present(
  request: HttpRequest,
  token: AccessToken | undefined,
  send: Send,
): Promise<HttpResponse> {
  if (token === undefined) return send(request);
  const key = token.dpopKey;
  if (key === undefined)
    return send(withHeaders(request, { authorization: `Bearer ${token.value.reveal()}` }));
  for (let again = false; ; again = true) {
    const { method, url } = request;
    const response = await send(
      withHeaders(
        request,
        token.asBearer
          ? { authorization: `Bearer ${token.value.reveal()}` }
          : {
              authorization: `DPoP ${token.value.reveal()}`,
              dpop: key.proof({ method, url, token: token.value }),
            },
      ),
    );
    key.takeNonce(url, response.header('dpop-nonce'));
    if (response.status !== 401 || again || token.asBearer) return response;
    const challenge = response.header('www-authenticate') ?? '';
    if (/\bDPoP\b/i.test(challenge)) {
      if (!/error="?use_dpop_nonce\b/i.test(challenge)) return response;
    } else if (/\bBearer\b/i.test(challenge) && !token.accepted) {
      token.asBearer = true;
    } else return response;
    response.discard();
  }
}

/** Ours last: what a client sends must never take the credential's place. */
function withHeaders(request: HttpRequest, headers: Record<string, string>): HttpRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

function refusedThoughFresh(help: string): FairleadError {
  const message = 'The container does not accept the token that was just issued for it.';
  return new FairleadError('unauthorized', message, { help });
}
