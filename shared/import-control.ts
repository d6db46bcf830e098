/** What the desktop and the command line may ask of the core about entries of other bridges in clients' configs. */
import { z } from 'zod';
import { configChange, personsMachine } from './clients-control.ts';
import { authentication, containerName } from './container.ts';
import { reported } from './error-report.ts';

/** An entry that leads to a remote server by another way than Fairlead. No text of it quotes what may be a secret. */
const foundEntry = z.object({
  client: z.string(),
  title: z.string(),
  /** Its name in the client's config. */
  entry: z.string(),
  source: z.enum(['mcp-remote', 'supergateway', 'url']),
  /** What it becomes; absent: it is left as it is. */
  container: z
    .object({
      name: containerName,
      /** Without its query. */
      url: z.string(),
      auth: authentication,
      /** It is there already, or another entry becomes it, too. */
      shared: z.boolean(),
    })
    .optional(),
  /** Why it is left as it is. */
  reason: z.string().optional(),
  /** Variables that have to be given for it. */
  missing: z.array(z.string()),
  /** Variables that it names and does not say itself; values that are given for them go before what it has in their place. */
  variables: z.array(z.string()),
  /** What is not as it was. */
  notes: z.array(z.string()),
});
export type FoundEntry = z.infer<typeof foundEntry>;

const importReport = z.object({
  entries: z.array(foundEntry),
  /** Of each config, with a diff of those entries alone, and `[secret]` in place of what may be one. */
  changes: z.array(configChange),
  /** What went wrong, by client; its config is as it was. */
  failed: z.array(z.object({ client: z.string(), title: z.string(), error: reported })),
});
export type ImportReport = z.infer<typeof importReport>;

const asked = {
  /** Absent: all of them. */
  client: z.string().min(1).max(64).optional(),
  machine: personsMachine.optional(),
  /** Values for what an entry names as `${NAME}`, and does not say itself. */
  variables: z.record(z.string().max(200), z.string().max(65_536)).default({}),
};

export const importCommands = {
  /** What there is, and what would become of it. Asks the servers how they are entered. */
  'import.find': { input: z.strictObject(asked), output: importReport },
  /** Makes containers of entries, and puts entries of ours in their places. */
  'import.apply': {
    input: z.strictObject({
      ...asked,
      /** Absent: all of them. */
      entries: z.array(z.strictObject({ client: z.string(), entry: z.string() })).optional(),
    }),
    output: importReport,
  },
} as const;
