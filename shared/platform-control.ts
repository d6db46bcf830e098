/** What the desktop and the command line may ask of the core about the platform account, its containers and its API tokens. */
import { z } from 'zod';
import { containerName, pin, probeReport } from './container.ts';
import { containerAuthMethod, containerRow, createdToken, newToken, tokenRow } from './platform-api.ts';
import { platformGrant, platformIssuer, platformUser } from './platform.ts';
import { accountStatus } from './status.ts';

/** The platform account, as the platform itself has just described it. */
const platformAccount = platformUser.extend({ issuer: z.string() });
export type PlatformAccount = z.infer<typeof platformAccount>;

/** One of the account's containers: as the platform has it, and what it is called here; absent: it is of no use here. */
const accountContainer = z.object({ row: containerRow, name: z.string().optional() });
export type AccountContainer = z.infer<typeof accountContainer>;

/** What the person's own server has to be told, so that it lets in Fairlead and nobody else. */
const serverSetup = z.object({
  authMethod: containerAuthMethod,
  issuer: z.string(),
  jwksUrl: z.string(),
  audience: z.string(),
  userId: z.string(),
  containerId: z.string(),
  /** PEM: the root that client certificates of the platform go back to. Only for `mtls`; absent: it could not be had. */
  authority: z.string().optional(),
  /** `config.yaml` of the reference container (docs/platform-api.md); other servers have their own words for it. */
  config: z.string(),
});
export type ServerSetup = z.infer<typeof serverSetup>;

const registration = z.object({
  ...accountContainer.shape,
  probe: probeReport,
  /** The key that the platform and Fairlead hold it to from now on. */
  pinned: pin.optional(),
  setup: serverSetup,
});
export type Registration = z.infer<typeof registration>;

/** By the name that it has here, or the one that it has at the platform. */
const named = z.strictObject({ name: containerName });

export const platformCommands = {
  /** Signs in to the platform and answers once that is done; where to go is in the snapshot's `account` meanwhile. */
  'platform.login': {
    input: z.strictObject({
      /** Absent: the one that was signed in to last, or the environment's. */
      issuer: platformIssuer.optional(),
      grant: platformGrant.optional(),
      fresh: z.boolean().default(false),
    }),
    output: platformAccount,
  },
  /** Revokes and deletes the sign-in, and drops the tokens of all containers. Answers with the platform it was at. */
  'platform.logout': { input: z.strictObject({}), output: z.object({ issuer: z.string().optional() }) },
  /** Asks the platform whose account it is. */
  'platform.account': { input: z.strictObject({}), output: platformAccount },

  'platform.containers': {
    input: z.strictObject({}),
    output: z.object({
      issuer: z.string(),
      /** How current they are. */
      currency: accountStatus.shape.containers,
      containers: z.array(accountContainer),
    }),
  },
  /** Of hosted ones; both answer once it has happened. */
  'platform.start': { input: named, output: accountContainer },
  'platform.stop': { input: named, output: accountContainer },
  /** Registers a server of the person's own, after a look at it. */
  'platform.add': {
    input: z.strictObject({
      name: containerName,
      url: z.string().max(2_000),
      authMethod: containerAuthMethod.default('platform_token'),
      /** Absent: the key that it shows now. `none`: it is not pinned. */
      pin: z.union([pin, z.literal('none')]).optional(),
      /** A file of this machine, absolute. */
      ca: z.string().optional(),
    }),
    output: registration,
  },
  'platform.rename': {
    input: z.strictObject({ name: containerName, to: containerName }),
    output: accountContainer,
  },
  'platform.remove': { input: named, output: accountContainer },

  'tokens.list': { input: z.strictObject({}), output: z.array(tokenRow) },
  /** The one command whose answer has a secret in it: the platform shows it this once, and whoever asked is to have it. */
  'tokens.create': {
    input: z.strictObject({
      name: newToken.shape.name,
      scopes: newToken.shape.scopes,
      /** Absent: as long as the platform usually lets them live. */
      days: z.number().int().min(1).optional(),
    }),
    output: createdToken,
  },
  'tokens.revoke': {
    input: z.strictObject({ id: z.string().min(1).max(200) }),
    output: z.object({ id: z.string() }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
