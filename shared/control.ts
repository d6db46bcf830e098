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
  timeLimit,
  transport,
  authentication,
  tlsSettings,
} from './container.ts';
import { containerStatus as platformStatus } from './platform-api.ts';
import { platformCommands } from './platform-control.ts';
import { clientCommands } from './clients-control.ts';
import { reported } from './error-report.ts';
import { importCommands } from './import-control.ts';
import { policyCommands } from './policy-control.ts';
import { toolRule } from './policy.ts';
import { networkSettings } from './settings.ts';
import { auditLine } from './audit.ts';
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
  timeoutSeconds: timeLimit.optional(),
  /** Which of its tools get through. */
  tools: z.array(toolRule).optional(),
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

/** Words of the container as clients first got them, and as they are now. Of a tool: its definition as JSON. */
const change = z.object({ before: z.string(), now: z.string() });
export type Change = z.infer<typeof change>;

/** One of a container's tools, and whether its clients may have it. */
const listedTool = toolSummary.extend({
  /** `changed`: it is another than clients first got; `held`: and they do not get it. */
  state: z.enum(['on', 'off', 'changed', 'held']),
  change: change.optional(),
});
export type ListedTool = z.infer<typeof listedTool>;

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
  /** How long a request to it may take, also for clients that run. Throws usage for one of the platform's. */
  'containers.limit': {
    input: z.strictObject({ name: containerName, timeoutSeconds: timeLimit }),
    output: container,
  },
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
  ...policyCommands,
  ...clientCommands,
  ...importCommands,
  /** What the person has set, in the place of what the environment says. */
  'network.show': { input: z.strictObject({}), output: networkSettings },
  /** Sets all of it: what is absent is as the environment says. Connections are made anew by it. */
  'network.write': { input: networkSettings, output: networkSettings },
  'tools.list': {
    input: named,
    output: z.object({
      tools: z.array(listedTool),
      /** Of the container's instructions. */
      instructions: change.extend({ held: z.boolean() }).optional(),
      durationMs: z.number(),
    }),
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
  /** The last requests, oldest first, those that are under way among them; `subscribe` tells of each change. */
  activity: {
    input: z.strictObject({ last: z.number().int().min(0).max(1_000) }),
    output: z.array(activity),
  },
  'core.info': { input: z.strictObject({}), output: coreStatus },
  /** The machine has slept, or is elsewhere in the network: what calls would have to wait for is done now. */
  'core.reconnect': {
    input: z.strictObject({ reason: z.enum(['resume', 'unlock', 'network']) }),
    output: z.object({}),
  },
  'core.stop': { input: z.strictObject({}), output: z.object({ pid: z.number() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type CommandName = keyof typeof commands;
export type CommandInput<N extends CommandName> = z.input<(typeof commands)[N]['input']>;
export type CommandOutput<N extends CommandName> = z.output<(typeof commands)[N]['output']>;

/** What the doctor has found so far of a container that is being examined. */
const examination = z.object({ name: z.string(), layers: z.array(layer) });
export type Examination = z.infer<typeof examination>;

/** What a control client may subscribe to. `snapshot` comes whole, at once and then after each change. */
export const events = {
  snapshot,
  activity,
  log: logEntry,
  examination,
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = z.output<(typeof events)[N]>;

/** From a control client to the core. */
export const controlRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('command'), id: z.number(), name: z.string(), input: z.unknown() }),
  z.strictObject({ type: z.literal('subscribe'), events: z.array(z.string()) }),
]);
export type ControlRequest = z.infer<typeof controlRequest>;

/** From the core to a control client. */
export const controlReply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id: z.number(), output: z.unknown() }),
  z.object({ type: z.literal('error'), id: z.number(), error: reported }),
  z.object({ type: z.literal('event'), name: z.string(), value: z.unknown() }),
]);
export type ControlReply = z.infer<typeof controlReply>;
