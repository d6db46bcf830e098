/** Stop 5: attaches each container's credential to its requests. The only holder of secrets besides the vault. */
import { FairleadError } from '../../shared/errors.ts';
import type { Secret } from '../runtime/secret.ts';
import type { Broker, CredentialOwner } from './broker.ts';
import type { HttpRequest, Send } from './exchange.ts';
import { headerValue, secretProblem } from './header-secret.ts';
import { HeldSecret } from './held-secret.ts';
import { vaultKey } from './vault-key.ts';
import type { Vault } from './vault.ts';

export function createBroker({ vault }: { vault: Vault }): Broker {
  const held = new Map<string, HeldSecret>();

  const heldFor = (owner: CredentialOwner): HeldSecret => {
    const key = vaultKey(owner);
    const known = held.get(key);
    if (known !== undefined) return known;
    const fresh = new HeldSecret(vault, key);
    held.set(key, fresh);
    return fresh;
  };

  return {
    authenticated(owner, send) {
      const { auth } = owner.container;
      switch (auth.method) {
        case 'none':
          return send;
        case 'api_key':
          return owner.handedIn === undefined
            ? withStored({ owner, held: heldFor(owner), header: auth.header, send })
            : withGiven({ secret: owner.handedIn, header: auth.header, send });
      }
    },

    async presence(owner) {
      if (owner.container.auth.method === 'none') return 'not_needed';
      if (owner.handedIn !== undefined) return 'present';
      const credential = heldFor(owner);
      try {
        return (credential.current ?? (await credential.read())) === undefined ? 'missing' : 'present';
      } catch {
        return 'unknown';
      }
    },

    async store(owner, secret) {
      const { auth, name } = owner.container;
      if (auth.method === 'none') {
        throw new FairleadError('usage', `The container ${name} is entered without a secret.`, {
          help: 'Add it with `--auth api-key` if it wants one.',
        });
      }
      const unfit = unfitSecret(secret, auth.header);
      if (unfit !== undefined) throw unfit;
      await heldFor(owner).replace(secret);
    },

    async forget(owner) {
      // A machine without a keychain must be able to forget what never had a secret.
      if (owner.container.auth.method === 'none') return;
      await heldFor(owner).erase();
    },
  };
}

function withGiven(options: { secret: Secret; header: string; send: Send }): Send {
  const { secret, header, send } = options;
  const field = header.toLowerCase();
  const unfit = unfitSecret(secret, header);
  if (unfit !== undefined) return () => Promise.reject(unfit);
  return (request) => send(carrying(request, field, headerValue(secret.reveal(), header)));
}

function withStored(options: { owner: CredentialOwner; held: HeldSecret; header: string; send: Send }): Send {
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

/** Ours last: what a client sends must never take the credential's place. */
function carrying(request: HttpRequest, field: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [field]: value } };
}

function unfitSecret(secret: Secret, header: string): FairleadError | undefined {
  const problem = secretProblem(secret.reveal(), header);
  if (problem === undefined) return undefined;
  return new FairleadError('usage', problem, { help: 'Give the secret alone, as its issuer shows it.' });
}

function secretMissing({ container, configured }: CredentialOwner): FairleadError {
  const help = configured
    ? `Run \`fairlead remove ${container.name}\` and then \`fairlead add ${container.name} <url> --auth api-key --secret-stdin\`, giving it the secret.`
    : 'Start it with `--secret-env <VAR>`, or configure it with `fairlead add <name> <url> --auth api-key --secret-stdin`.';
  return new FairleadError('secret_missing', 'There is no secret for this container.', { help });
}
