/**
 * What the desktop and the command line may ask of the core: each command with its input and output, each event.
 * Handlers and callers derive their types from here. Inputs may carry a secret towards the core; no output can, but for
 * that of `tokens.create`: an API token is made to be taken elsewhere, and its secret is in that one answer alone.
 */
import { z } from 'zod';
import {
  container,
  containerName,
  probeReport,
  transport,
  authentication,
  tlsSettings,
} from './container.ts';
import { containerStatus as platformStatus } from './platform-api.ts';
import { platformCommands } from './platform-control.ts';
import { activity, coreStatus, logEntry, snapshot } from './status.ts';

const named = z.strictObject({ name: containerName });

/** With what the platform said last of one of the account's, where that is known now. */
const listedContainer = container.extend({ status: platformStatus.optional() });
export type ListedContainer = z.infer<typeof listedContainer>;

/** What the person says of a container they add: everything but what probing can find out. */
export const containerDraft = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  transport: transport.default('auto'),
  /** Absent: found by probing. */
  auth: authentication.optional(),
  tls: tlsSettings.default({}),
  account: z.string().max(200).optional(),
  timeoutSeconds: z.number().int().min(1).max(86_400).optional(),
});
export type ContainerDraft = z.infer<typeof containerDraft>;

const givenSecrets = {
  secret: z.string().min(1).optional(),
  /** Of the key of its client certificate. */
  passphrase: z.string().min(1).optional(),
};

/** A definition as the container gave it: text of a stranger, to be shown as text. */
export const toolSummary = z.object({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.unknown(),
});

export const layer = z.object({
  layer: z.enum(['keychain', 'core', 'dns', 'tcp', 'proxy', 'tls', 'discovery', 'token', 'mcp']),
  outcome: z.enum(['ok', 'failed', 'skipped']),
  durationMs: z.number(),
  /** What was found, in a sentence. */
  detail: z.string(),
  /** What to do, where it failed. */
  help: z.string().optional(),
});
export type Layer = z.infer<typeof layer>;

/** A container's pins, and how they stand. */
const pinReport = z.object({
  container,
  /** Of the key that the server showed when it was asked last and that no pin names: nothing is sent to it since. */
  seen: z.string().optional(),
  /** Those that `pins.accept` has taken out. */
  replaced: z.array(z.string()).optional(),
});
export type PinReport = z.infer<typeof pinReport>;

/** One line of the audit: who called what. */
export const auditLine = activity.extend({ pid: z.number().optional() });
export type AuditLine = z.infer<typeof auditLine>;

export const commands = {
  status: { input: z.strictObject({}), output: snapshot },
  'containers.list': { input: z.strictObject({}), output: z.array(listedContainer) },
  'containers.probe': {
    input: z.strictObject({ draft: containerDraft, ...givenSecrets }),
    output: probeReport,
  },
  'containers.add': {
    input: z.strictObject({
      name: containerName,
      draft: containerDraft,
      ...givenSecrets,
      probe: z.boolean(),
    }),
    output: z.object({ container, probe: probeReport.optional() }),
  },
  'containers.remove': { input: named, output: container },
  /** The pins of a container, and what was seen instead of them. */
  'pins.show': { input: named, output: pinReport },
  /** Pins the key that was seen instead, or where none was, the one that the server holds now. */
  'pins.accept': { input: named, output: pinReport },
  /** Keeps the pins: requests go on as soon as the server shows one of them. */
  'pins.keep': { input: named, output: pinReport },
  /** Signs in and answers once that is done; where the person has to go is in `pendingSignIns` meanwhile. */
  auth: {
    input: z.strictObject({ name: containerName, fresh: z.boolean().default(false) }),
    output: container,
  },
  'auth.forget': { input: named, output: container },
  /** Keeps the person's key for a container that is entered with one. */
  'auth.key': {
    input: z.strictObject({ name: containerName, secret: z.string().min(1) }),
    output: container,
  },
  ...platformCommands,
  'tools.list': {
    input: named,
    output: z.object({ tools: z.array(toolSummary), durationMs: z.number() }),
  },
  'tools.call': {
    input: z.strictObject({
      name: containerName,
      tool: z.string(),
      arguments: z.record(z.string(), z.unknown()),
    }),
    /** `result` is the container's own CallToolResult. */
    output: z.object({ result: z.unknown(), durationMs: z.number() }),
  },
  doctor: { input: z.strictObject({ name: containerName.optional() }), output: z.array(layer) },
  logs: { input: z.strictObject({ last: z.number().int().min(0).max(10_000) }), output: z.array(logEntry) },
  audit: {
    input: z.strictObject({ last: z.number().int().min(0).max(100_000) }),
    output: z.array(auditLine),
  },
  'core.info': { input: z.strictObject({}), output: coreStatus },
  'core.stop': { input: z.strictObject({}), output: z.object({ pid: z.number() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type CommandName = keyof typeof commands;
export type CommandInput<N extends CommandName> = z.input<(typeof commands)[N]['input']>;
export type CommandOutput<N extends CommandName> = z.output<(typeof commands)[N]['output']>;

/** What a control client may subscribe to. `snapshot` comes whole, at once and then after each change. */
export const events = {
  snapshot,
  activity,
  log: logEntry,
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = z.output<(typeof events)[N]>;

const errorReport = z.object({
  code: z.string(),
  message: z.string(),
  help: z.string().optional(),
  url: z.string().optional(),
});

/** From a control client to the core. */
export const controlRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('command'), id: z.number(), name: z.string(), input: z.unknown() }),
  z.strictObject({ type: z.literal('subscribe'), events: z.array(z.string()) }),
]);
export type ControlRequest = z.infer<typeof controlRequest>;

/** From the core to a control client. */
export const controlReply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id: z.number(), output: z.unknown() }),
  z.object({ type: z.literal('error'), id: z.number(), error: errorReport }),
  z.object({ type: z.literal('event'), name: z.string(), value: z.unknown() }),
]);
export type ControlReply = z.infer<typeof controlReply>;
