/** The device grant (RFC 8628): the person signs in on any machine that has a browser. */
import {
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  type DeviceAuthorizationResponse,
} from 'openid-client';
import { FairleadError } from '../../../shared/errors.ts';
import { delay } from '../../runtime/clock.ts';
import { untilAborted } from '../until-aborted.ts';
import {
  dpopKeyFor,
  dpopOption,
  presentsIdToken,
  requestParameters,
  resourceParameter,
  type Granted,
  type PersonalGrantTerms,
} from './grant.ts';
import { grantFailure, signInFailure } from './grant-failure.ts';
import { clientConfiguration } from './oauth-client.ts';
import { browserArgument } from './open-browser.ts';
import type { Prompt } from './prompt.ts';

const longestMs = 30 * 60_000;

/** @throws FairleadError sign_in_failed, token_endpoint_unavailable, address_refused, network errors, or the signal's reason */
export async function grantByDevice(terms: PersonalGrantTerms): Promise<Granted> {
  const { discovered, fetch, signal } = terms;
  if (discovered.server.device_authorization_endpoint === undefined) {
    throw new FairleadError(
      'sign_in_failed',
      'The authorization server of this container has no device grant.',
      {
        help: 'Leave out `--grant device`, and sign in with a browser on this machine.',
      },
    );
  }
  try {
    const client = await terms.register(undefined);
    const keepsIdToken = presentsIdToken(discovered);
    const configuration = clientConfiguration({ server: discovered.server, client, fetch, keepsIdToken });
    const dpopKey = dpopKeyFor(discovered);
    const dpop = await dpopOption(dpopKey, configuration);
    const device = await initiateDeviceAuthorization(configuration, requestParameters(terms));
    const lifetime = AbortSignal.timeout(Math.min(device.expires_in * 1000, longestMs));
    const within = AbortSignal.any([signal, lifetime]);
    terms.show(promptOf(device));
    for (;;) {
      try {
        const options = { ...dpop, signal: within };
        const parameters = resourceParameter(discovered);
        // The library looks at the signal every five seconds only.
        const polling = pollDeviceAuthorizationGrant(configuration, device, parameters, options);
        const tokens = await untilAborted(polling, within);
        return { client, tokens, dpopKey };
      } catch (thrown) {
        if (lifetime.aborted) throw expired();
        // RFC 8628 §3.5: what fails on the way is asked again, more slowly.
        if (grantFailure(thrown).kind === 'refused' || within.aborted) throw thrown;
        await delay(5_000, within).catch(() => undefined);
      }
    }
  } catch (thrown) {
    signal.throwIfAborted();
    throw signInFailure(thrown);
  }
}

/** The code without a link that has it filled in: RFC 8628 §5.4 wants the person to compare the two. */
function promptOf({ verification_uri, user_code }: DeviceAuthorizationResponse): Prompt {
  const url = URL.canParse(verification_uri) ? browserArgument(new URL(verification_uri)) : undefined;
  if (url === undefined || !/^[A-Za-z0-9][A-Za-z0-9 -]{2,31}$/.test(user_code)) {
    throw new FairleadError(
      'sign_in_failed',
      'The authorization server shows a code that cannot be displayed.',
      {
        help: 'Tell whoever runs the container.',
      },
    );
  }
  return { kind: 'device', url, userCode: user_code };
}

function expired(): FairleadError {
  return new FairleadError('sign_in_failed', 'The code was not entered in time.', {
    help: 'Run `fairlead auth <name>` for a new one.',
  });
}
