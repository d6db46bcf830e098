/** A container that nobody has said anything of: entered as a stranger would, until it asks for a sign-in. */
import { FairleadError } from '../../shared/errors.ts';
import { delay } from '../runtime/clock.ts';
import type { TokenSource } from './access-token.ts';
import { authorizedSend } from './authorized-send.ts';
import type { CredentialOwner, Presence, SignInStage } from './broker.ts';
import type { Send } from './exchange.ts';

/** A container that wants no sign-in must not wait for a keychain that is slow, locked or not there. */
const vaultMs = 1_000;

/** The same container as with `--auth oauth`, and with the same sign-in. */
export function declared(owner: CredentialOwner): CredentialOwner {
  return { ...owner, container: { ...owner.container, auth: { method: 'oauth', grant: 'code' } } };
}

/** @param source of the declared container */
export function whenAsked(source: TokenSource & { readonly stage?: SignInStage }, send: Send): Send {
  const stranger = () => undefined;
  const asStranger = Promise.resolve(undefined);
  let looked = false;
  /** Only the first request of a stranger looks whether there is a sign-in to go on with. */
  const ready = () => {
    if (looked && source.stage !== 'signed_in') return asStranger;
    const found = source.ready().catch(stranger);
    void found.then(() => (looked = true));
    return Promise.race([found, delay(vaultMs).then(stranger)]);
  };
  return authorizedSend(
    {
      usable: () => source.usable(),
      ready,
      renew: (refusal) => source.renew(refusal).catch(asNotDeclared),
      widen: (refusal) => source.widen(refusal),
      onAccepted: (token) => source.onAccepted(token),
      onRefused: (token) => source.onRefused(token),
    },
    send,
  );
}

/** @param presence of the declared container; one that has refused somebody is `expired` or better */
export function presenceWhenAsked(presence: Presence): Presence {
  return presence === 'missing' ? 'not_needed' : presence;
}

/** A 401 alone does not say that there is a sign-in; many servers mean a key by it. */
function asNotDeclared(thrown: unknown): never {
  const nothingFound =
    thrown instanceof FairleadError &&
    (thrown.code === 'registration_failed' || thrown.code === 'discovery_failed');
  if (!nothingFound) throw thrown;
  throw new FairleadError('unauthorized', `The container wants a credential. ${thrown.message}`, {
    help: `If it takes a key, give that with --secret-env <VARIABLE>. If people sign in to it: ${thrown.help ?? 'use --auth oauth.'}`,
    cause: thrown,
  });
}
