/** What Fairlead connects to in the demo: a platform with one account, and containers that are entered in different ways. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../../electron/runtime/scope.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import { FairleadError } from '../../shared/errors.ts';
import { createToken } from '../container/guard/token-file.ts';
import { gitHubApp, startGitHubDouble } from '../github-double.ts';
import { userIdOf } from '../platform/accounts.ts';
import { startProgram, type RunningProgram } from '../start-program.ts';
import { programs } from './programs.ts';

export interface Person {
  readonly email: string;
  /** Made up anew each time; good for these servers alone, and so to be shown to who signs in. */
  readonly password: Secret;
}

export function inventPerson(): Person {
  return { email: 'maya@example.com', password: new Secret(randomBytes(6).toString('hex')) };
}

/** The name of the container that the platform hosts: way A. */
export const hostedName = 'notes';

/** Of containers, `said` is the URL. */
export interface Servers {
  /** Its issuer is `said`. */
  readonly platform: RunningProgram;
  /** The person's own, which takes tokens of the platform: way B. */
  readonly home: RunningProgram;
  /** Takes a key, and knows no platform: way C. */
  readonly keyed: RunningProgram;
  readonly key: Secret;
  /** Asks for nothing. */
  readonly open: RunningProgram;
  /** Has GitHub sign people in, or rather a double of it. */
  readonly github: RunningProgram;
  /** Signs people in itself. */
  readonly own: RunningProgram;
}

/** They all start at once, which a slow machine takes its time for. */
const listening = { ready: /listening at (\S+)/, withinMs: 60_000 };

/** All at once, but for the one that must know the platform's address. Ended with the scope. */
export async function startServers(
  person: Person,
  { folder, scope }: { folder: string; scope: Scope },
): Promise<Servers> {
  const place = { folder, scope };
  const config = configFile(folder, 'keyed');
  const key = new Secret(await createToken(config, 'fairlead-demo'));
  const github = await startGitHubDouble();
  scope.defer(async () => github[Symbol.asyncDispose]());

  const startHome = async () => {
    const platform = await startPlatform(person, place);
    const auth = {
      mode: 'platform',
      platform_jwks_url: `${platform.said}/.well-known/jwks.json`,
      expected_user_id: userIdOf(person.email),
    };
    return { platform, home: await startContainer('home', { ...place, auth }) };
  };
  const [{ platform, home }, keyed, open, throughGitHub, own] = await all([
    startHome(),
    startContainer('keyed', place),
    startContainer('open', { ...place, auth: { mode: 'local' } }),
    startContainer('github', { ...place, ...signInAtGitHub(github.origin) }),
    startContainer('own', { ...place, ...signInThere(person) }),
  ]);
  return { platform, home, keyed, key, open, github: throughGitHub, own };
}

async function startPlatform({ email, password }: Person, { folder, scope }: Place): Promise<RunningProgram> {
  const args = ['--user', `${email}:DEMO_PASSWORD`, '--hosted', `${email}:${hostedName}`];
  const platform = await startProgram(
    'platform',
    [programs.platform, 'serve', '--port', '0', '--data', join(folder, 'platform'), ...args],
    { env: { ...process.env, DEMO_PASSWORD: password.reveal() }, ...listening },
  );
  scope.defer(() => platform.close());
  return platform;
}

interface Place {
  /** For config files and notes. */
  readonly folder: string;
  readonly scope: Scope;
}

interface Entry {
  /** As config.yaml has it; left out, the file is there. */
  readonly auth?: object;
  /** What it names of the environment. */
  readonly secrets?: Readonly<Record<string, string>>;
}

function signInAtGitHub(origin: string): Entry {
  const github = {
    client_id: gitHubApp.id,
    client_secret_env: 'DEMO_GITHUB_SECRET',
    authorize_url: `${origin}/login/oauth/authorize`,
    token_url: `${origin}/login/oauth/access_token`,
    api_url: origin,
  };
  return {
    auth: { mode: 'oauth', sign_in: { github } },
    secrets: { DEMO_GITHUB_SECRET: gitHubApp.secret },
  };
}

function signInThere({ email, password }: Person): Entry {
  const users = [{ email, password_env: 'DEMO_PASSWORD' }];
  return { auth: { mode: 'oauth', sign_in: { users } }, secrets: { DEMO_PASSWORD: password.reveal() } };
}

async function startContainer(
  name: string,
  { folder, scope, auth, secrets }: Place & Entry,
): Promise<RunningProgram> {
  const config = configFile(folder, name);
  // JSON is YAML.
  if (auth !== undefined) await writeFile(config, JSON.stringify({ auth }));
  const args = [programs.container, 'serve', '--config', config, '--data', join(folder, name), '--port', '0'];
  const env = { ...process.env, ...secrets };
  const container = await startProgram(`container ${name}`, args, { env, ...listening });
  scope.defer(() => container.close());
  return container;
}

function configFile(folder: string, name: string): string {
  return join(folder, `${name}.yaml`);
}

/** As Promise.all, but throws only once none is under way any more: what still starts could not be ended. */
export async function all<T extends readonly unknown[]>(works: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  await Promise.allSettled(works);
  return Promise.all(works);
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
