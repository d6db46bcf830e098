/** What a person lets their programs have of a container: which tools, and when. The rules and what they come to; pure. */
import { z } from 'zod';

/** `*` stands for any characters or none, `?` for one; all others for themselves. */
export const toolGlob = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'Control characters are in no name of a tool.');

export const toolRule = z.union([
  z.strictObject({ allow: toolGlob }),
  z.strictObject({
    deny: toolGlob,
    /** Upper and lower case are one: so rules are that come from an entry of mcp-remote's. */
    anyCase: z.literal(true).optional(),
  }),
]);
export type ToolRule = z.infer<typeof toolRule>;
/** In their order: the last that matches a tool decides about it, and where none does, it is on. */
export type ToolRules = readonly ToolRule[];

/** A program's name, as `fairlead status` shows it; upper and lower case are one. */
export const programName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}+$/u, 'Control characters are in no name of a program.');

/** It goes on as if nothing were; the person is told; it is held back until they have accepted it. */
export const changeLevel = z.enum(['off', 'warn', 'hold']);
export type ChangeLevel = z.infer<typeof changeLevel>;

const toolRules = z.array(toolRule).max(1_000);

/** Of one container, as `config.json` keeps it. */
export const policy = z.object({
  tools: toolRules.optional(),
  /** Rules for single programs, behind those for all. */
  programs: z.record(programName, toolRules).optional(),
  /** What becomes of a tool whose definition is another than the one that clients first got. */
  changedTools: changeLevel.optional(),
  /** Whether a program that nothing was said of yet waits for the person. */
  consent: z.enum(['ask', 'allow']).optional(),
  /** What was said of programs; without a path: wherever it lies. */
  consents: z
    .array(z.object({ program: programName, path: z.string().max(4_096).optional(), allowed: z.boolean() }))
    .max(1_000)
    .optional(),
});
export type Policy = z.infer<typeof policy>;

export const noPolicy: Policy = {};

/** That nothing is asked of any container now. Times in ms since 1970. */
export const pause = z.object({
  /** Where the person has said so. */
  by: z.enum(['command', 'window']),
  since: z.number(),
  /** Absent: until they say otherwise. */
  until: z.number().optional(),
});
export type Pause = z.infer<typeof pause>;

/** A program that waits until the person has said whether it may use a container. */
export const pendingConsent = z.object({
  container: z.string(),
  program: programName,
  path: z.string().optional(),
});
export type PendingConsent = z.infer<typeof pendingConsent>;

export function isPausedAt(now: number, paused: Pause | undefined): paused is Pause {
  return paused !== undefined && (paused.until === undefined || now < paused.until);
}

/** @param program that uses the container; undefined: not known, so that no rules of a program are its */
export function rulesFor({ tools = [], programs }: Policy, program: string | undefined): ToolRules {
  if (programs === undefined || program === undefined) return tools;
  const name = program.toLowerCase();
  const own = Object.entries(programs).filter(([each]) => each.toLowerCase() === name);
  return own.length === 0 ? tools : [...tools, ...own.flatMap(([, rules]) => rules)];
}

/**
 * What somebody added themselves they know, and a tool that vanishes on an update of theirs is a riddle; what comes with an
 * account changes without them, and waits.
 */
export function levelOf(
  { changedTools }: Policy,
  { platform }: { platform?: object | undefined },
): ChangeLevel {
  return changedTools ?? (platform === undefined ? 'warn' : 'hold');
}

/** Whether a program may use the container; `waiting`: the person has yet to say so. */
export function consentFor(
  { consent, consents = [] }: Policy,
  program: { readonly name: string; readonly path?: string | undefined },
): 'given' | 'denied' | 'waiting' {
  const said = consents.findLast((each) => isOf(each, program));
  if (said !== undefined) return said.allowed ? 'given' : 'denied';
  return consent === 'ask' ? 'waiting' : 'given';
}

/** @param programs that are meant, by one name; none known: whatever is called so, wherever it lies */
export function withConsent(
  policy: Policy,
  name: string,
  { allowed, paths }: { allowed: boolean; paths: readonly (string | undefined)[] },
): Policy {
  const added = (paths.length === 0 ? [undefined] : paths).map((path) => ({
    program: name,
    ...(path !== undefined && { path }),
    allowed,
  }));
  const others = (policy.consents ?? []).filter(
    (each) =>
      !added.some(
        ({ path }) => isOf(each, { name, path }) || (path === undefined && sameName(each.program, name)),
      ),
  );
  return { ...policy, consents: [...others, ...added] };
}

function isOf(
  said: { readonly program: string; readonly path?: string | undefined },
  { name, path }: { readonly name: string; readonly path?: string | undefined },
): boolean {
  return sameName(said.program, name) && (said.path === undefined || said.path === path);
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function isOn(rules: ToolRules, tool: string): boolean {
  const decisive = rules.findLast((rule) => matches(rule, tool));
  return decisive === undefined || 'allow' in decisive;
}

/**
 * Switches tools on or off. To allow some where there are no rules yet means: these, and no others.
 * @param before rules that apply ahead of `rules`
 */
export function withRule(rules: ToolRules, rule: ToolRule, before: ToolRules = []): ToolRule[] {
  const glob = globOf(rule);
  if (glob === '*') return 'deny' in rule || before.length > 0 ? [rule] : [];
  // One for any case switches off more than the same name does, and stays.
  const others = rules.filter((each) => globOf(each) !== glob || isAnyCase(each) !== isAnyCase(rule));
  if ('allow' in rule) {
    // What was switched off under the same name is as it was before.
    if (others.length < rules.length && isOn([...before, ...others], glob)) return others;
    if (others.length + before.length === 0) return [{ deny: '*' }, rule];
  }
  return [...others, rule];
}

/** What `--allow-tool` and `--deny-tool` say together: of those that are allowed, not those that are denied. */
export function rulesOf(allow: readonly string[], deny: readonly string[]): ToolRule[] {
  return [
    ...(allow.length > 0 ? [{ deny: '*' }] : []),
    ...allow.map((glob) => ({ allow: glob })),
    ...deny.map((glob) => ({ deny: glob })),
  ];
}

function globOf(rule: ToolRule): string {
  return 'allow' in rule ? rule.allow : rule.deny;
}

function isAnyCase(rule: ToolRule): boolean {
  return 'deny' in rule && rule.anyCase === true;
}

function matches(rule: ToolRule, tool: string): boolean {
  const glob = globOf(rule);
  // Upper case it is that regular expressions compare when they ignore case (ECMA-262, Canonicalize), as mcp-remote does.
  return isAnyCase(rule) ? matchesGlob(glob.toUpperCase(), tool.toUpperCase()) : matchesGlob(glob, tool);
}

/** In the time of glob × text at most: a name is a stranger's, and a regular expression could take for ever. */
export function matchesGlob(glob: string, text: string): boolean {
  const [pattern, name] = [Array.from(glob), Array.from(text)];
  let [at, next] = [0, 0];
  /** The last star, and how far what it stands for reached when it was tried last. */
  let star: { readonly at: number; next: number } | undefined;
  while (next < name.length) {
    if (pattern[at] === '*') {
      star = { at, next };
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[next])) {
      at += 1;
      next += 1;
    } else if (star !== undefined) {
      star.next += 1;
      at = star.at + 1;
      next = star.next;
    } else return false;
  }
  return pattern.slice(at).every((each) => each === '*');
}
