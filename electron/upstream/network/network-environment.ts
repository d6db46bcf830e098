/** Where proxies and extra authorities are named: in the environment, but for what the person has set. */
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { FairleadError } from '../../../shared/errors.ts';
import type { NetworkSettings } from '../../../shared/settings.ts';
import { readVariable } from './proxy.ts';
import { certificatesIn } from './trust-roots.ts';

/**
 * @param settings as they are now; asked each time a connection is opened
 * @returns the environment, with variables that follow the settings
 */
export function createNetworkEnvironment(
  env: NodeJS.ProcessEnv,
  settings: () => NetworkSettings,
): NodeJS.ProcessEnv {
  const proxyOf = (name: string) => {
    const { proxy } = settings();
    if (proxy === undefined) return readVariable(env, name);
    return proxy.use === 'own' ? proxy.url : undefined;
  };
  const variables: Readonly<Record<string, () => string | undefined>> = {
    HTTPS_PROXY: () => proxyOf('https_proxy'),
    HTTP_PROXY: () => proxyOf('http_proxy'),
    NO_PROXY() {
      const { proxy } = settings();
      return proxy?.use === 'own' ? proxy.except : readVariable(env, 'no_proxy');
    },
    NODE_EXTRA_CA_CERTS: () => settings().ca ?? env['NODE_EXTRA_CA_CERTS'],
  };
  const followed = Object.fromEntries(
    Object.entries(env).filter(([name]) => variables[name.toUpperCase()] === undefined),
  );
  for (const [name, get] of Object.entries(variables))
    Object.defineProperty(followed, name, { get, enumerable: true });
  return followed;
}

/** Throws usage where the file could not be trusted by. */
export async function checkAuthorities(file: string): Promise<void> {
  const help = 'Choose a PEM file, with a line "BEGIN CERTIFICATE".';
  if (!isAbsolute(file))
    throw new FairleadError('usage', 'The file is to be named by its whole path.', { help });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FairleadError('usage', 'The file of certificate authorities cannot be read.', { help, cause });
  });
  if (certificatesIn(text).length === 0)
    throw new FairleadError('usage', 'There is no certificate in that file.', { help });
}
