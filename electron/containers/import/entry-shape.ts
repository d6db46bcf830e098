/** An entry as any of the clients writes it, brought into one shape. What it holds may be anything. */

export type Members = Readonly<Record<string, unknown>>;

export interface StartedProgram {
  /** The program, then its arguments. */
  readonly words: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

/** @returns undefined: it starts no program */
export function startedProgram(entry: unknown): StartedProgram | undefined {
  const members = membersOf(entry);
  // Zed had them one level deeper.
  const inner = membersOf(members['command']);
  const program = [members['command'], members['cmd'], inner['path']].find(isText);
  if (program === undefined) return undefined;
  const args = [members['args'], inner['args']].find(Array.isArray) ?? [];
  const env = [members['env'], members['envs'], inner['env']].flatMap((each) => textsOf(each));
  return { words: [program, ...args.map(wordOf)], env: new Map(env) };
}

export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** Its members that are texts; numbers are written so, too. */
export function textsOf(value: unknown): [name: string, text: string][] {
  return Object.entries(membersOf(value)).flatMap(([name, each]) =>
    isText(each) || typeof each === 'number' ? [[name, String(each)]] : [],
  );
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
