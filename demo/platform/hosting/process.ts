/** A hosted container as a child process of the platform, with a folder and a certificate of its own. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProgram } from '../../start-program.ts';
import { type Authority } from '../authority/authority.ts';
import { names } from '../../tokens/names.ts';
import type { ContainerRunner } from './hosting.ts';

/** A container that runs longer has to be stopped and started in between. */
const certificateHours = 90 * 24;

export function createProcessRunner(deps: {
  authority: Authority;
  issuer: string;
  /** The built program `container`. */
  program: string;
  /** Each container has its own below it. */
  folder: string;
}): ContainerRunner {
  const { authority, issuer } = deps;
  const folderOf = (id: string) => join(deps.folder, id);

  return {
    async start(id) {
      const folder = folderOf(id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      const keep = async (name: string, text: string) => {
        const file = join(folder, name);
        await writeFile(file, text, { mode: 0o600 });
        return file;
      };
      const { certificate, key } = await authority.issue({
        commonName: id,
        uri: [names.container(id)],
        hosts: ['127.0.0.1', 'localhost'],
        use: 'server',
        hours: certificateHours,
      });
      const auth = {
        mode: 'mtls',
        platform_ca: await keep('platform-ca.pem', authority.chain),
        certificate: await keep('certificate.pem', certificate),
        key: await keep('key.pem', key),
        platform_jwks_url: `${issuer}/.well-known/jwks.json`,
        platform_issuer: issuer,
        container_id: id,
      };
      // JSON is YAML.
      const config = await keep('config.yaml', JSON.stringify({ auth }, null, 2));
      const args = ['serve', '--config', config, '--data', join(folder, 'data'), '--port', '0', '--tied'];
      return startProgram('container', [deps.program, ...args], {
        // Nothing of the platform's own environment: its database's address and its users' passwords are there.
        env: { PATH: process.env['PATH'] },
        ready: /listening at (\S+)/,
        tied: true,
      });
    },
    discard: (id) => rm(folderOf(id), { recursive: true, force: true }),
  };
}
