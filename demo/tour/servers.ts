/** What Fairlead connects to in the demo: a platform with one account, and containers that it or a key lets people into. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../../electron/runtime/scope.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import { FairleadError } from '../../shared/errors.ts';
import { createToken } from '../container/guard/token-file.ts';
import { userIdOf } from '../platform/accounts.ts';
import { programs } from './programs.ts';
import { startProgram, type RunningProgram } from '../start-program.ts';

export interface Person {
  readonly email: string;
  /** Made up anew each time; good for this platform alone, and so to be shown to who signs in. */
  readonly password: Secret;
}

export function inventPerson(): Person {
  return { email: 'maya@example.com', password: new Secret(randomBytes(6).toString('hex')) };
}

interface Place {
  /** For config files and notes. */
  readonly folder: string;
  readonly scope: Scope;
}

/** @returns its issuer is `said` */
export async function startPlatform(person: Person, scope: Scope): Promise<RunningProgram> {
  const variable = 'FAIRLEAD_DEMO_PASSWORD';
  const platform = await startProgram(
    'platform',
    [programs.platform, 'serve', '--port', '0', '--user', `${person.email}:${variable}`],
    { env: { ...process.env, [variable]: person.password.reveal() }, ready: /listening at (\S+)/ },
  );
  scope.defer(() => platform.close());
  return platform;
}

/** A container that only `person` enters, with a token of the platform. @returns its URL is `said` */
export async function startPersonsContainer(
  { folder, scope }: Place,
  { issuer, person }: { issuer: string; person: Person },
): Promise<RunningProgram> {
  const config = join(folder, 'notes.yaml');
  const auth = {
    mode: 'platform',
    platform_jwks_url: `${issuer}/.well-known/jwks.json`,
    expected_user_id: userIdOf(person.email),
  };
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ auth }));
  return startContainer(config, { folder: join(folder, 'notes'), scope });
}

/** A container that its key lets anybody into. @returns its URL is `said` */
export async function startKeyedContainer({
  folder,
  scope,
}: Place): Promise<{ container: RunningProgram; key: Secret }> {
  const config = join(folder, 'keyed.yaml');
  const key = new Secret(await createToken(config, 'fairlead-demo'));
  return { container: await startContainer(config, { folder: join(folder, 'keyed'), scope }), key };
}

async function startContainer(config: string, { folder, scope }: Place): Promise<RunningProgram> {
  const args = [programs.container, 'serve', '--config', config, '--data', folder, '--port', '0'];
  const container = await startProgram('container', args, { ready: /listening at (\S+)/ });
  scope.defer(() => container.close());
  return container;
}

/** Straight to the container, past Fairlead. @returns how it was refused. Throws if it was not. */
export async function callUnauthorized(url: string, tool: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool } }),
  });
  await response.body?.cancel();
  if (response.status === 401) return '401 Unauthorized';
  throw new FairleadError(
    'protocol_violation',
    `The container should refuse a call without a token, and answered with status ${response.status}.`,
  );
}
