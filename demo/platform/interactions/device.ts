/** The device flow's pages, as oidc-provider asks for them. */
import type { Client, ErrorOut, errors, KoaContextWithOIDC } from 'oidc-provider';
import { deviceCodePage, deviceConfirmPage, deviceDonePage } from '../pages/device.ts';
import { problemPage } from '../../authorization/pages/problem.ts';
import { appName } from '../../authorization/app-name.ts';
import { showPage } from './error.ts';

/** Of `verification_uri_complete`. Taken out of the query, as the library would answer it with a page of script. */
export function takePrefilledCode(context: {
  method: string;
  path: string;
  query: Record<string, unknown>;
  querystring: string;
  state: Record<string, unknown>;
}): void {
  if (context.method !== 'GET' || context.path !== '/device') return;
  const code = context.query['user_code'];
  if (typeof code === 'string' && /^[a-z0-9-]{1,20}$/i.test(code))
    context.state['userCode'] = code.toUpperCase();
  context.querystring = '';
}

type Failure = errors.OIDCProviderError | Error;

export async function showDeviceCodeForm(
  ...[context, , out, failure]: [KoaContextWithOIDC, string, ErrorOut?, Failure?]
): Promise<void> {
  if (failure?.name === 'AbortedError' || out?.error === 'access_denied') {
    context.status = 200;
    return showPage(context, refused);
  }
  const code: unknown = (context.state as Record<string, unknown>)['userCode'];
  return showPage(
    context,
    deviceCodePage({
      ...formOf(context),
      code: typeof code === 'string' ? code : '',
      problem: problemOf(failure),
    }),
  );
}

const refused = problemPage({
  title: 'The device was not signed in',
  advice: 'As you wished. You can close this page.',
  calm: true,
});

function problemOf(failure: Failure | undefined): string | undefined {
  switch (failure?.name) {
    case undefined:
      return undefined;
    case 'NoCodeError':
      return 'Enter the code first.';
    case 'NotFoundError':
      return 'That is not a code we know. Compare it with your device.';
    case 'ExpiredError':
      return 'That code has expired. Ask your device for a new one.';
    case 'AlreadyUsedError':
      return 'That code was used already. Ask your device for a new one.';
    default:
      return 'That did not work. Enter the code again.';
  }
}

export function showDeviceConfirmation(
  ...[context, , client, , code]: [KoaContextWithOIDC, string, Client, unknown, string]
): Promise<void> {
  return showPage(context, deviceConfirmPage({ ...formOf(context), code, app: appName(client) }));
}

export function showDeviceDone(context: KoaContextWithOIDC): Promise<void> {
  return showPage(context, deviceDonePage(appName(context.oidc.client)));
}

function formOf({ oidc }: KoaContextWithOIDC): { action: string; xsrf: string } {
  const secret = oidc.session?.state?.['secret'];
  return { action: oidc.urlFor('code_verification'), xsrf: typeof secret === 'string' ? secret : '' };
}
