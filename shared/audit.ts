/** What is put on record: who called what, who signed in, what was decided. Never what a call carried, never a secret. */
import { z } from 'zod';
import { changeLevel, pause } from './policy.ts';

/** `denied`: the person does not let the client. */
export const outcome = z.enum(['ok', 'tool_error', 'error', 'cancelled', 'timed_out', 'lost', 'denied']);

/** Whom it was for, as far as that is known. */
const subject = {
  container: z.string(),
  /** Which account of the person's, where the container names one. */
  account: z.string().optional(),
};

/** The program that asked. */
const asking = {
  /** What it calls itself. */
  client: z.string().optional(),
  /** Its file or name, as this machine knows it. */
  program: z.string().optional(),
  /** Of the endpoint that it started. */
  pid: z.number().optional(),
};

const policyChange = z.enum([
  // Of tools, by the person.
  'allowed',
  'denied',
  'level_set',
  'accepted',
  // Of tools (or instructions), by the container: it goes on; it is withheld; it is again what it was.
  'changed',
  'held',
  'restored',
  // Of programs.
  'consent_on',
  'consent_off',
  'consent_asked',
  'consent_given',
  'consent_refused',
  'first_use',
  // Of all traffic.
  'paused',
  'resumed',
]);

/** Every kind of event. A new one is added here, and its words in `commands/audit-text.ts`. */
export const auditEvent = z.discriminatedUnion('kind', [
  /** One finished message of a client. */
  z.object({
    kind: z.literal('call'),
    ...subject,
    ...asking,
    session: z.string(),
    method: z.string(),
    tool: z.string().optional(),
    outcome,
    /** A JSON-RPC code, or the name of an error of ours. */
    error: z.string().optional(),
    durationMs: z.number(),
    /** Of the message that the client sent, and of the answer. */
    bytesOut: z.number(),
    bytesIn: z.number(),
  }),
  z.object({
    kind: z.literal('sign_in'),
    ...subject,
    outcome: z.enum(['ok', 'failed']),
    error: z.string().optional(),
    /** Host name of who issued the tokens. */
    issuer: z.string().optional(),
    durationMs: z.number(),
  }),
  z.object({ kind: z.literal('sign_out'), ...subject, issuer: z.string().optional() }),
  z.object({
    kind: z.literal('token_refresh'),
    ...subject,
    /** `postponed`: the issuer could not be had, and is asked again later. */
    outcome: z.enum(['granted', 'postponed', 'refused']),
    issuer: z.string().optional(),
    durationMs: z.number(),
  }),
  /** What the person has changed of a container. */
  z.object({
    kind: z.literal('container'),
    ...subject,
    change: z.enum(['added', 'removed', 'pinned', 'key_stored']),
  }),
  /** What was decided about tools and programs, by whoever decided it. */
  z.object({
    kind: z.literal('policy'),
    container: z.string().optional(),
    account: z.string().optional(),
    change: policyChange,
    /** Its name, or the glob of a rule. Absent where a container's instructions are meant. */
    tool: z.string().optional(),
    /** Its name, as people know it, and its executable. */
    program: z.string().optional(),
    path: z.string().optional(),
    /** What becomes of tools that change. */
    level: changeLevel.optional(),
    /** Of a pause: where the person has said so, and when it ends by itself. */
    by: pause.shape.by.optional(),
    until: pause.shape.until,
  }),
  /** Another program's configuration was written. */
  z.object({
    kind: z.literal('client_config'),
    container: z.string().optional(),
    client: z.string(),
    /** The entry's name there. */
    entry: z.string().optional(),
    path: z.string(),
    change: z.enum(['connected', 'disconnected', 'imported', 'undone']),
  }),
  /** One that began without the one before having stopped says that this was killed: up to 250 ms of it may be missing. */
  z.object({
    kind: z.literal('core'),
    change: z.enum(['started', 'stopped']),
    pid: z.number(),
    version: z.string(),
  }),
  /** Of the audit itself: events that there was no room for, or the bytes of a line that a killed core left half. */
  z.object({ kind: z.literal('missing'), events: z.number().optional(), tornBytes: z.number().optional() }),
]);
export type AuditEvent = z.infer<typeof auditEvent>;

type PolicyLine = Extract<AuditEvent, { kind: 'policy' }>;
/** What was decided; of which container others know. */
export type PolicyEvent = Omit<PolicyLine, 'kind' | 'container' | 'account'>;

type OfContainer<E> = E extends unknown ? Omit<E, 'container' | 'account'> : never;
/** What a sign-in reports of itself; whose it is others know. */
export type CredentialEvent = OfContainer<
  Extract<AuditEvent, { kind: 'sign_in' | 'sign_out' | 'token_refresh' }>
>;

/** As it stands in `audit.jsonl`. */
export const auditLine = z.intersection(
  auditEvent,
  z.object({
    /** Of the line; the next one's is greater by one. */
    n: z.number(),
    at: z.number(),
    /** SHA-256 of the line before it, without its line break, in hex; 64 zeros before the first. */
    prev: z.string(),
  }),
);
export type AuditLine = z.infer<typeof auditLine>;
