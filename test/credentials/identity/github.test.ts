import { expect, test, vi } from 'vitest';
import { Secret } from '../../../electron/runtime/secret.ts';
import { gitHubApp, type GitHubDouble } from '../../../demo/github-double.ts';
import { startGitHubDouble } from '../../support/github-double.ts';
import { openRig, type RigOptions } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

function at(github: GitHubDouble, more: Record<string, unknown> = {}): RigOptions {
  return {
    auth: {
      method: 'identity',
      provider: 'github',
      clientId: 'Iv1.desk',
      grant: 'device',
      authorizationUrl: `${github.origin}/login/oauth/authorize`,
      deviceAuthorizationUrl: `${github.origin}/login/device/code`,
      tokenUrl: `${github.origin}/login/oauth/access_token`,
      ...more,
    },
    admits: (token) => Promise.resolve(github.knows(token)),
  };
}

test('signs in by device code with the client id alone, patient with answers of 200 that are none', async () => {
  const github = await startGitHubDouble();
  github.polls.push('authorization_pending', 'slow_down');
  const rig = await openRig(at(github));
  expect(await rig.call()).toBe(200);
  expect(rig.printed).toEqual([
    `To sign in to notes, open ${github.origin}/login/device and enter the code WDJB-MJHT`,
  ]);
  expect(github.asked.length).toBe(3);
  expect(github.asked.some((body) => body.has('client_secret') || body.has('resource'))).toBe(false);
});

test('understands a server that answers with forms only', async () => {
  const github = await startGitHubDouble();
  github.formsOnly = true;
  github.polls.push('authorization_pending');
  const rig = await openRig(at(github));
  expect(await rig.call()).toBe(200);
});

test.each([
  ['access_denied', /declined/],
  ['expired_token', /not entered in time/],
  ['incorrect_device_code', /refused/],
  ['incorrect_client_credentials', /does not know this client/],
  ['device_flow_disabled', /device/],
])('%s ends the sign-in and says why', async (error, why) => {
  const github = await startGitHubDouble();
  github.polls.push(error);
  const rig = await openRig(at(github));
  const thrown = await failureOf(rig.call());
  expect(thrown).toMatchObject({ code: 'sign_in_failed' });
  expect((thrown as Error).message).toMatch(why);
});

test('signs in by browser where there is a secret, which goes to the token endpoint alone', async () => {
  const github = await startGitHubDouble();
  const rig = await openRig({ ...at(github, { grant: 'code' }), handedIn: new Secret(gitHubApp.secret) });
  expect(await rig.call()).toBe(200);
  const [asked] = github.asked;
  expect(asked?.get('client_secret')).toBe(gitHubApp.secret);
  expect(asked?.get('code_verifier')).not.toBeNull();
  expect(rig.opened().join()).not.toContain(gitHubApp.secret);
});

test('a wrong secret is not tried for ever', async () => {
  const github = await startGitHubDouble();
  const rig = await openRig({ ...at(github, { grant: 'code' }), handedIn: new Secret('wrong') });
  const thrown = await failureOf(rig.call());
  expect((thrown as Error).message).toMatch(/not with this secret/);
  expect(github.asked.length).toBe(1);
});

test('a token without a refresh token is used until it is refused, then the person signs in', async () => {
  const github = await startGitHubDouble();
  const rig = await openRig({ ...at(github), waitMs: 300 });
  await rig.broker.signIn(rig.owner);
  expect(await rig.call()).toBe(200);
  github.polls.push('authorization_pending');
  rig.container.refuseAll = true;
  expect(await failureOf(rig.call())).toMatchObject({ code: 'sign_in_needed' });
  await vi.waitFor(() => expect(rig.broker.pending().length).toBe(1), 20_000);
});
