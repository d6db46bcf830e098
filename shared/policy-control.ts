/** What the desktop and the command line may ask of the core about what a container's clients may have of it. */
import { z } from 'zod';
import { containerName } from './container.ts';
import { changeLevel, pause, policy, programName, toolGlob, toolRule } from './policy.ts';

/** A container's policy as it is now. */
const policyReport = z.object({ container: containerName, policy });
export type PolicyReport = z.infer<typeof policyReport>;

export const policyCommands = {
  /** What has been decided so far. */
  'policy.show': { input: z.strictObject({ name: containerName }), output: policyReport },
  /** Switches tools on or off, for all programs or for one. Clients that run are told at once. */
  'policy.rule': {
    input: z.strictObject({ name: containerName, rule: toolRule, program: programName.optional() }),
    output: policyReport,
  },
  /** What becomes of tools that change. */
  'policy.changes': {
    input: z.strictObject({ name: containerName, level: changeLevel }),
    output: policyReport,
  },
  /** Clients get what changed as it is now. Throws usage where nothing of it has changed. */
  'tools.accept': {
    input: z.strictObject({
      name: containerName,
      /** Absent: the instructions. */
      tool: toolGlob.optional(),
      /** What was shown of that one tool, or of the instructions, as its `now`. Throws tool_changed where it is another by now. */
      shown: z.string().optional(),
    }),
    output: z.object({ container: containerName, tools: z.array(z.string()), instructions: z.boolean() }),
  },
  /** Whether programs wait for the person before they use a container for the first time. */
  'consent.mode': {
    input: z.strictObject({ name: containerName, consent: z.enum(['ask', 'allow']) }),
    output: policyReport,
  },
  /** Lets a program use a container, or not: that which waits, or whichever has the name. */
  'consent.decide': {
    input: z.strictObject({ name: containerName, program: programName, allowed: z.boolean() }),
    output: policyReport,
  },
  /** Stops all that clients ask of containers, and what is under way. Outlives the core. */
  pause: {
    input: z.strictObject({
      by: pause.shape.by,
      /** Absent: until `resume`. */
      minutes: z.number().positive().max(525_600).optional(),
    }),
    output: pause,
  },
  /** Answers with what it has ended; absent: there was no pause. */
  resume: { input: z.strictObject({}), output: z.object({ ended: pause.optional() }) },
} as const;
