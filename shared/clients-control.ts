/** What the desktop and the command line may ask of the core about the configs of MCP clients on this machine. */
import { z } from 'zod';
import { containerName } from './container.ts';
import { reported } from './error-report.ts';

/** Variables that say where a client keeps its config. */
const clientVariable = z.enum(['APPDATA', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'XDG_CONFIG_HOME']);
export type ClientVariable = z.infer<typeof clientVariable>;
export const clientVariables = clientVariable.options;

/** Where the person's programs look for their configs. Absent: where those look that are started as the core was. */
export const personsMachine = z.strictObject({
  /** Absolute. */
  home: z.string().min(1).max(4_096),
  env: z.partialRecord(clientVariable, z.string().max(4_096)),
});
export type PersonsMachine = z.infer<typeof personsMachine>;

const clientId = z.string().min(1).max(64);

/** `itself` soon, `session` when it is started or asked the next time, `restart` after being quit. */
const takesUp = z.enum(['itself', 'session', 'restart']);

/** One of the programs that Fairlead knows. */
const foundClient = z.object({
  id: clientId,
  title: z.string(),
  path: z.string(),
  /** Whether the program has left something on this machine. */
  found: z.boolean(),
  takesUp,
  /** Its entries that lead to a container, or an address. */
  entries: z.array(z.object({ name: z.string(), container: z.string() })),
  /** Names that its config has more than once. */
  duplicates: z.array(z.string()),
  /** Why its config could not be read. */
  error: reported.optional(),
});
export type FoundClient = z.infer<typeof foundClient>;

/** What became of a config, or would. */
export const configChange = z.object({
  client: clientId,
  title: z.string(),
  path: z.string(),
  takesUp,
  /** Unified; absent: all was as wanted already. */
  diff: z.string().optional(),
});
export type ConfigChange = z.infer<typeof configChange>;

const ofClient = { client: clientId, machine: personsMachine.optional() };
/** Changes nothing, and answers what would change. */
const dryRun = z.boolean().default(false);

export const clientCommands = {
  'clients.list': {
    input: z.strictObject({ machine: personsMachine.optional() }),
    output: z.array(foundClient),
  },
  /** Writes the entry of a container into a client's config. */
  'clients.connect': {
    input: z.strictObject({
      ...ofClient,
      container: z.string(),
      /** The entry's name there; absent: the container's. */
      entry: containerName.optional(),
      dryRun,
    }),
    output: configChange,
  },
  /** Takes out every entry that leads to a container, which need not be there any more, or the one of that name. */
  'clients.disconnect': {
    input: z.strictObject({
      ...ofClient,
      container: z.string().min(1).max(4_096),
      entry: z.string().max(4_096).optional(),
      dryRun,
    }),
    output: configChange,
  },
  /** Deletes what `clients.undo` would put back. */
  'clients.forget': { input: z.strictObject(ofClient), output: z.object({ client: clientId }) },
  /** Puts a config back as it was before the last change of these. */
  'clients.undo': {
    input: z.strictObject({
      ...ofClient,
      /** Even if another program has changed it since. */
      force: z.boolean().default(false),
      dryRun,
    }),
    output: configChange,
  },
} as const;
