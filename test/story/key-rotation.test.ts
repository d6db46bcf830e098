import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { startProgram } from '../../demo/start-program.ts';
import { temporaryFolder } from '../demo/container/running.ts';
import { openCaller } from '../demo/platform/calling.ts';
import { maya, openPlatform } from '../demo/platform/running.ts';
import type { RpcMessage } from '../support/line-client.ts';
import { openMayas } from '../support/mayas.ts';

// Built by `npm test` before the tests.
const containerProgram = resolve('dist/container.js');

/** So short that clients need new ones, and so signatures by the new keys, all the time. */
const accessTokenSeconds = 3;
const aheadMs = 300;

test('no call fails while the platform changes its keys, twice', { timeout: 120_000 }, async () => {
  const platform = await openPlatform({ containerProgram, accessTokenSeconds });
  await platform.host({ userId: maya.id, name: 'hosted' });
  const folder = await temporaryFolder();
  const config = join(folder, 'config.yaml');
  const auth = {
    mode: 'platform',
    platform_jwks_url: `${platform.issuer}/.well-known/jwks.json`,
    expected_user_id: maya.id,
  };
  await writeFile(config, JSON.stringify({ auth }));
  const args = ['serve', '--config', config, '--data', folder, '--port', '0'];
  const container = await startProgram('container', [containerProgram, ...args], {
    ready: /listening at (\S+)/,
  });
  onTestFinished(() => container.close());
  await platform.addContainer({ id: 'external', userId: maya.id, endpoint: container.said });
  await using profile = openMayas();
  expect(await profile.run(['login', '--platform', platform.issuer])).toMatchObject({ status: 0 });
  const clients = ['hosted', 'hosted', 'external', 'external'].map((name) => profile.endpoint([name]));
  await Promise.all(clients.map((client) => client.open()));

  const signer = async () => {
    const { tokens } = await openCaller(platform);
    return decodeProtectedHeader(tokens.access_token).kid ?? '';
  };
  const signers = [await signer()];
  let calls = 0;
  let ending = false;
  const failed: RpcMessage[] = [];
  const calling = clients.map(async (client) => {
    while (!ending) {
      const answer = await client.call('whoami');
      calls += 1;
      if (answer.error !== undefined || answer.result?.['isError'] === true) failed.push(answer);
    }
  });
  for (let round = 0; round < 2; round += 1) {
    await platform.rotateKeys(aheadMs);
    await sleep(accessTokenSeconds * 1_000 + 2_000);
    signers.push(await signer());
  }
  ending = true;
  await Promise.all(calling);

  expect(failed).toEqual([]);
  expect(calls).toBeGreaterThan(200);
  expect(new Set(signers).size).toBe(3);
  expect(profile.browser.opened()).toHaveLength(1);
});
