/** Finds the bridge in what a client starts: by `npx` and its kin, by `node` and a file, through `cmd /c`, or directly. */

export interface StartedBridge {
  readonly bridge: 'mcp-remote' | 'supergateway';
  readonly args: readonly string[];
}

const runners = new Set(['npx', 'pnpx', 'bunx', 'npm', 'pnpm', 'yarn', 'bun', 'node', 'nodejs', 'deno']);
const bridges = ['mcp-remote', 'supergateway'] as const;

/** @returns `unclear`: one of them is in it, in a way that is not known. Undefined: none is */
export function bridgeIn(words: readonly string[]): StartedBridge | 'unclear' | undefined {
  const [program = '', ...args] = unwrapped(words);
  for (const bridge of bridges) {
    if (nameOf(program) === bridge) return { bridge, args };
    if (![program, ...args].some((word) => word.includes(bridge) && !isAddress(word))) continue;
    if (!runners.has(nameOf(program))) return 'unclear';
    const end = args.findIndex(isAddress);
    const before = end < 0 ? args : args.slice(0, end);
    // With `npx -p mcp-remote mcp-remote` the last one is the program.
    const at = before.findLastIndex((word) => isProgram(word, bridge));
    if (at >= 0) return { bridge, args: args.slice(at + 1) };
    return 'unclear';
  }
  return undefined;
}

/** Without `cmd /c`, `env` and the like around it. */
function unwrapped(words: readonly string[]): readonly string[] {
  const [program = '', ...args] = words;
  const name = nameOf(program);
  if (name === 'cmd') {
    const at = args.findIndex((word) => word.toLowerCase() === '/c');
    const rest = args.slice(at + 1);
    if (at < 0) return words;
    return rest.length === 1 && /\s/.test(rest[0] ?? '') ? wordsOf(rest[0] ?? '') : rest;
  }
  if (name === 'env' && args[0]?.includes('=') === false) return args;
  // Some put the whole line where the program belongs.
  return args.length === 0 && /\s/.test(program) && bridges.some((bridge) => program.includes(bridge))
    ? wordsOf(program)
    : words;
}

/** A line as `cmd` takes it apart: quotes keep together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function isProgram(word: string, name: string): boolean {
  if (isAddress(word)) return false;
  const [last = '', folder, above] = word.replace(/^npm:/, '').split(/[\\/]/).reverse();
  const plain = withoutEnding(last.replace(/(?!^)@[^@]*$/, ''));
  if (plain === name) return true;
  // Its file in the package.
  return folder === 'dist' && above === name && /^(proxy|index)\.js$/.test(last);
}

/** Of a program's path in either notation. */
function nameOf(path: string): string {
  return withoutEnding(path.split(/[\\/]/).at(-1) ?? '').toLowerCase();
}

function withoutEnding(name: string): string {
  return name.replace(/\.(exe|cmd|bat|ps1)$/i, '');
}

function isAddress(word: string): boolean {
  return /^https?:\/\//i.test(word);
}
