/** Attaches a person's own secret to requests: handed in with a connection, or kept in the vault. */
import { FairleadError } from '../../shared/errors.ts';
import type { Secret } from '../runtime/secret.ts';
import type { CredentialOwner } from './broker.ts';
import type { HttpRequest, Send } from './exchange.ts';
import { headerValue, secretProblem } from './header-secret.ts';
import type { HeldSecret } from './held-secret.ts';

export function withGiven(options: { secret: Secret; header: string; send: Send }): Send {
  const { secret, header, send } = options;
  const field = header.toLowerCase();
  const unfit = unfitSecret(secret, header);
  if (unfit !== undefined) return () => Promise.reject(unfit);
  return (request) => send(carrying(request, field, headerValue(secret.reveal(), header)));
}

export function withStored(options: {
  owner: CredentialOwner;
  held: HeldSecret;
  header: string;
  send: Send;
}): Send {
  const { owner, held, header, send } = options;
  const field = header.toLowerCase();
  let checked: Secret | undefined;
  return async (request) => {
    const secret = held.current ?? (await held.read());
    if (secret === undefined) throw secretMissing(owner);
    if (secret !== checked) {
      // The keychain is open to other programs: what it holds need not be what `store` let in.
      const unfit = unfitSecret(secret, header);
      if (unfit !== undefined) throw unfit;
      checked = secret;
    }
    const response = await send(carrying(request, field, headerValue(secret.reveal(), header)));
    if (response.status === 401) held.release(secret);
    return response;
  };
}

/** @returns what is wrong with a secret that a header is to carry, or undefined */
export function unfitSecret(secret: Secret, header: string): FairleadError | undefined {
  const problem = secretProblem(secret.reveal(), header);
  if (problem === undefined) return undefined;
  return new FairleadError('usage', problem, { help: 'Give the secret alone, as its issuer shows it.' });
}

/** Ours last: what a client sends must never take the credential's place. */
function carrying(request: HttpRequest, field: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [field]: value } };
}

function secretMissing({ container, configured }: CredentialOwner): FairleadError {
  const help = configured
    ? `Run \`fairlead auth ${container.name} --secret-stdin\`, giving it the secret.`
    : 'Start it with `--secret-env <VAR>`, or configure it with `fairlead add <name> <url> --auth api-key --secret-stdin`.';
  return new FairleadError('secret_missing', 'There is no secret for this container.', { help });
}
