/** Answers of issuers to requests for tokens, in the form that openid-client takes: some providers have forms of their own. */

type Members = Record<string, unknown>;

/** What GitHub calls them (its "Troubleshooting OAuth app access token request errors"). */
const standardErrors: Readonly<Record<string, string>> = {
  incorrect_client_credentials: 'invalid_client',
  bad_verification_code: 'invalid_grant',
  bad_refresh_token: 'invalid_grant',
  incorrect_device_code: 'invalid_grant',
};

/**
 * @param keepsIdToken else it is taken out: where nobody asks who the person is, checking it would make a wrong clock,
 *   or an issuer without metadata, a reason not to be signed in
 */
export async function conformingAnswer(response: Response, keepsIdToken: boolean): Promise<Response> {
  const { status, headers } = response;
  const members = isAnswer(response) ? parsed(await response.clone().text(), headers) : undefined;
  if (members === undefined) return response;
  const { error, ...rest } = members;
  if (typeof error === 'string') {
    // GitHub refuses with 200.
    const standard = standardErrors[error] ?? error;
    return answer({ ...rest, error: standard }, status === 200 ? 400 : status, headers);
  }
  if (!keepsIdToken) delete rest['id_token'];
  // Google's device endpoint is older than RFC 8628.
  if (rest['verification_uri'] === undefined && rest['verification_url'] !== undefined)
    rest['verification_uri'] = rest['verification_url'];
  return answer(rest, status, headers);
}

function isAnswer({ status, headers }: Response): boolean {
  const type = headers.get('content-type') ?? '';
  return status < 500 && /^application\/(json|x-www-form-urlencoded)\b/i.test(type);
}

function parsed(text: string, headers: Headers): Members | undefined {
  if (!/json/i.test(headers.get('content-type') ?? '')) return formMembers(text);
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}

/** GitHub answers with a form what did not ask for JSON, or got lost on a proxy that drops `Accept`. */
function formMembers(text: string): Members {
  const pairs = [...new URLSearchParams(text)];
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, /^(expires_in|interval)$/.test(name) ? Number(value) : value]),
  );
}

function answer(members: Members, status: number, before: Headers): Response {
  const headers = new Headers(before);
  headers.delete('content-type');
  return Response.json(members, { status, headers });
}
