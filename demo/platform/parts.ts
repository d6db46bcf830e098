/** What the platform is made of, once its address is known: rows, keys, authority, hosting; ended in the other order. */
import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { createAccounts, type Accounts } from './accounts.ts';
import { openAuthority, type Authority } from './authority/authority.ts';
import { createContainerEvents, type ContainerEvents } from './containers/events.ts';
import { createContainers, type Containers } from './containers/containers.ts';
import type { Database } from '../database/database.ts';
import { keptSecret } from './database/secrets.ts';
import { createInside, type Inside } from './gateway/inside.ts';
import { createHosting, type Hosting } from './hosting/hosting.ts';
import { createProcessRunner } from './hosting/process.ts';
import { publicKeys, type KeyRing } from './keys.ts';
import { createOidcRecords, type OidcRecords } from './oidc-records.ts';
import { createApiTokens, type ApiTokens } from './tokens/api-tokens.ts';

export interface Parts {
  readonly issuer: string;
  readonly accounts: Accounts;
  readonly containers: Containers;
  readonly events: ContainerEvents;
  readonly tokens: ApiTokens;
  readonly records: OidcRecords;
  readonly authority: Authority;
  readonly hosting: Hosting;
  readonly inside: Inside;
  readonly ring: KeyRing;
  /** The platform's own tokens are checked by what it publishes, whenever that changes. */
  readonly keys: JWTVerifyGetKey;
  readonly cookieSecret: string;
  readonly formSecret: string;
}

/** How many events of each user can be resumed from. */
const keptEvents = 1_000;

export async function createParts(deps: {
  issuer: string;
  database: Database;
  ring: KeyRing;
  hosted: { program: string; folder: string; idleMs: number };
  report: (thrown: unknown) => void;
}): Promise<Parts> {
  const { issuer, database, ring, report } = deps;
  const { program, folder, idleMs } = deps.hosted;
  const [authority, cookieSecret, formSecret] = await Promise.all([
    openAuthority(database),
    keptSecret(database, 'cookies', newSecret),
    keptSecret(database, 'forms', newSecret),
  ]);
  const events = createContainerEvents(database, keptEvents);
  const containers = createContainers(database, events);
  await containers.settle();
  const runner = createProcessRunner({ authority, issuer, program, folder });
  return {
    issuer,
    accounts: createAccounts(database),
    containers,
    events,
    tokens: createApiTokens(database),
    records: createOidcRecords(database),
    authority,
    hosting: createHosting({ containers, runner, idleMs, report }),
    inside: createInside(authority),
    ring,
    keys: (...asked) => createLocalJWKSet(publicKeys(ring.current()))(...asked),
    cookieSecret,
    formSecret,
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
