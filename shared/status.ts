/** The core's state as its clients see it: whole snapshots with a revision, and what just happened. */
import { z } from 'zod';
import { outcome } from './audit.ts';
import { container } from './container.ts';
import { containerStatus as platformStatus } from './platform-api.ts';
import { pause, pendingConsent } from './policy.ts';

export const sessionStatus = z.object({
  id: z.string(),
  container: z.string(),
  /** Who is at the other end: what its `initialize` called itself, and the process that joined. */
  client: z.string().optional(),
  pid: z.number().optional(),
  /** Which has started that process: its name, and its executable. */
  program: z.object({ name: z.string(), path: z.string().optional() }).optional(),
  since: z.number(),
  state: z.enum(['waiting', 'connecting', 'connected', 'failed', 'closed']),
  protocolVersion: z.string().optional(),
  calls: z.number(),
  inFlight: z.number(),
});
export type SessionStatus = z.infer<typeof sessionStatus>;

const problem = z.object({ code: z.string(), message: z.string(), help: z.string().optional() });

export const containerStatus = z.object({
  container,
  /** Named in `config.json`, or used by URL alone. */
  configured: z.boolean(),
  state: z.enum(['idle', 'connecting', 'connected', 'failed']),
  problem: problem.optional(),
  /** Of one of the platform account's: what the platform said of it last. */
  platform: platformStatus.optional(),
  /** `expired`: there was a sign-in, and the person has to sign in again. `unknown`: the keychain cannot be asked. */
  credential: z.enum(['not_needed', 'present', 'missing', 'expired', 'signing_in', 'unknown']),
  sessions: z.number(),
  calls: z.number(),
  /** Of the last calls, newest last. */
  latenciesMs: z.array(z.number()),
});
export type ContainerStatus = z.infer<typeof containerStatus>;

export const coreStatus = z.object({
  pid: z.number(),
  version: z.string(),
  startedAt: z.number(),
  vault: z.enum(['keychain', 'memory']),
  home: z.string(),
});
export type CoreStatus = z.infer<typeof coreStatus>;

/** A sign-in that waits for the person. Nothing in here is secret. */
export const pendingSignIn = z.object({
  container: z.string(),
  url: z.string().optional(),
  userCode: z.string().optional(),
});

/** The platform account. Nothing in here is secret. */
export const accountStatus = z.object({
  issuer: z.string(),
  /** Whose it is, once the platform has said so. */
  email: z.string().optional(),
  /** `expired`: there was a sign-in, and the person has to sign in again. `unknown`: the keychain cannot be asked. */
  state: z.enum(['signed_out', 'signing_in', 'signed_in', 'expired', 'unknown']),
  /** Where the sign-in waits for the person. */
  signIn: z.object({ url: z.string(), userCode: z.string().optional() }).optional(),
  /** How current its containers are; absent while nobody is signed in. */
  containers: z
    .object({
      /** `polling`: its events cannot be had, so it is asked now and then. `unreachable`: shown as they were last. */
      state: z.enum(['loading', 'live', 'polling', 'unreachable']),
      since: z.number(),
      problem: problem.optional(),
    })
    .optional(),
});
export type AccountStatus = z.infer<typeof accountStatus>;

export const snapshot = z.object({
  revision: z.number(),
  core: coreStatus,
  containers: z.array(containerStatus),
  sessions: z.array(sessionStatus),
  pendingSignIns: z.array(pendingSignIn),
  /** How many sign-ins have succeeded since the core began, of any kind: what was answered before one may be somebody else's. */
  signIns: z.number(),
  /** Absent while no platform is known. */
  account: accountStatus.optional(),
  /** What a container's clients first got as another, and what came since has not been accepted. */
  changedTools: z.array(
    z.object({
      container: z.string(),
      /** Absent: the container's instructions. */
      tool: z.string().optional(),
      /** Clients do not get it. */
      held: z.boolean(),
    }),
  ),
  /** Programs that wait until the person has said whether they may use a container. */
  pendingConsents: z.array(pendingConsent),
  /** Present while the person has paused all traffic. */
  paused: pause.optional(),
});
export type Snapshot = z.infer<typeof snapshot>;

/** One request of a client and how far it has come. Never what it carried. */
export const activity = z.object({
  /** The same for each report of one request. */
  id: z.number(),
  /** When it came from the client. */
  at: z.number(),
  session: z.string(),
  container: z.string(),
  /** Which account of the person's, where the container names one. */
  account: z.string().optional(),
  client: z.string().optional(),
  /** Its file or name, as this machine knows it. */
  program: z.string().optional(),
  /** Of its endpoint; absent where the core itself asks. */
  pid: z.number().optional(),
  method: z.string(),
  tool: z.string().optional(),
  /**
   * `queued`: nothing of it has left. `connected`: it is on its way. `first_byte`: the container has begun to answer.
   * Over HTTP+SSE, and where a client of the newer protocol meets a container of the older one, not each is seen.
   */
  phase: z.enum(['queued', 'connected', 'first_byte', 'done']),
  /** Since it came: until it had a connection for itself, until it left, and until its answer began. */
  queuedMs: z.number().optional(),
  connectedMs: z.number().optional(),
  firstByteMs: z.number().optional(),
  /** Of what is done, as what follows. */
  durationMs: z.number().optional(),
  outcome: outcome.optional(),
  /** A JSON-RPC code, or the name of an error of ours. */
  error: z.string().optional(),
  bytesOut: z.number(),
  bytesIn: z.number().optional(),
});
export type Activity = z.infer<typeof activity>;

export const logEntry = z.object({
  at: z.number(),
  level: z.enum(['error', 'warn', 'info', 'debug']),
  event: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type LogEntry = z.infer<typeof logEntry>;
