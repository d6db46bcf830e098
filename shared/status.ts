/** The core's state as its clients see it: whole snapshots with a revision, and what just happened. */
import { z } from 'zod';
import { container } from './container.ts';
import { containerStatus as platformStatus } from './platform-api.ts';

export const sessionStatus = z.object({
  id: z.string(),
  container: z.string(),
  /** Who is at the other end: what its `initialize` called itself, and the process that joined. */
  client: z.string().optional(),
  pid: z.number().optional(),
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
  /** Absent while no platform is known. */
  account: accountStatus.optional(),
});
export type Snapshot = z.infer<typeof snapshot>;

/** One finished message of a client. Never what it carried. */
export const activity = z.object({
  at: z.number(),
  session: z.string(),
  container: z.string(),
  client: z.string().optional(),
  method: z.string(),
  tool: z.string().optional(),
  outcome: z.enum(['ok', 'tool_error', 'error', 'cancelled', 'timed_out', 'lost']),
  /** A JSON-RPC code, or the name of an error of ours. */
  error: z.string().optional(),
  durationMs: z.number(),
  bytesOut: z.number(),
  bytesIn: z.number(),
});
export type Activity = z.infer<typeof activity>;

export const logEntry = z.object({
  at: z.number(),
  level: z.enum(['error', 'warn', 'info', 'debug']),
  event: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type LogEntry = z.infer<typeof logEntry>;
