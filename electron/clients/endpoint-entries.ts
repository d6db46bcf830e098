/** Tells which entries of a client's config are Fairlead's, whoever wrote them and in whichever shape. */

const programs = new Set(['fairlead', 'fairlead.exe', 'fairlead.cmd', 'stdio.cjs']);

/**
 * @param entry as the other program's config has it: anything
 * @returns the container (or address) that it leads to; undefined: it is none of ours
 */
export function containerOf(entry: unknown): string | undefined {
  const { command, cmd, args } = membersOf(entry);
  // Zed had them one level deeper.
  const inner = membersOf(command);
  const program = [command, cmd, inner['path']].find((each) => typeof each === 'string');
  const words = [program, ...listOf(args), ...listOf(inner['args'])];
  const at = words.indexOf('stdio');
  const container = words[at + 1];
  const before = at < 0 ? [] : words.slice(0, at);
  const isOurs = before.some((word) => typeof word === 'string' && programs.has(lastPart(word)));
  return isOurs && typeof container === 'string' ? container : undefined;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Of a path in either notation; Windows does not tell large letters from small ones. */
function lastPart(path: string): string {
  return path.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
}
