/** A container of Maya's that takes the platform's tokens: registered there, on loopback, ended with the test. */
import { writeFile } from 'node:fs/promises';
import type { RunningPlatform } from '../../demo/platform/start.ts';
import { openContainer } from '../demo/container/running.ts';
import { maya } from '../demo/platform/running.ts';

/** @returns its endpoint's URL */
export async function openMayaContainer(platform: RunningPlatform, id = 'container_notes'): Promise<string> {
  const auth = {
    mode: 'platform',
    platform_jwks_url: `${platform.issuer}/.well-known/jwks.json`,
    expected_user_id: maya.id,
  };
  const { url } = await openContainer((config) => writeFile(config, JSON.stringify({ auth })));
  await platform.addContainer({ endpoint: url, id, userId: maya.id });
  return url;
}
