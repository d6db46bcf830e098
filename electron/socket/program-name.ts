/** Stop 2: what people call a program, by its executable and its command line. Pure. */
import type { ProcessFacts } from './peer-program.ts';

/** They start what somebody else asked for. */
const launchers =
  /^(?:(?:ba|da|z|k|tc|c|fi)?sh|cmd|conhost|powershell|pwsh|npx|npm|env|sudo|su|login|systemd|init|fairlead|timeout|nohup|setsid)$/;
/** Who they are, only what they run can tell. */
const interpreters = /^(?:node|nodejs|bun|deno|python[\d.]*|ruby|java|electron)$/;
/** Names of files that say nothing of the program that they are the beginning of. */
const nameless = /^(?:index|main|cli|start|server|app|bin|run|__main__|forks|worker)$/;

/** @returns undefined for a launcher: whoever started it is meant */
export function nameOfProgram({ path, args }: Pick<ProcessFacts, 'path' | 'args'>): string | undefined {
  const name = stemOf(path ?? args[0] ?? '');
  if (!interpreters.test(name.toLowerCase()))
    return launchers.test(name.toLowerCase()) ? undefined : printable(name);
  const words = args.length === 1 ? (args[0] ?? '').split(/\s+/) : args;
  const [title = ''] = words;
  // A program that has given itself another title, as `claude` does.
  const own = stemOf(title).toLowerCase();
  if (own !== '' && own !== name.toLowerCase() && !interpreters.test(own)) return printable(stemOf(title));
  const script = words.slice(1).find((word) => word !== '' && !word.startsWith('-'));
  const called = script === undefined ? name : nameOfScript(script);
  return launchers.test(called) ? undefined : printable(called);
}

/** Its file's name, else that of its package, or of the folder that it lies in. */
function nameOfScript(script: string): string {
  const parts = script.split(/[\\/]/);
  const stem = stemOf(script).replace(/-cli$/, '');
  if (!nameless.test(stem)) return stem;
  const packaged = parts.lastIndexOf('node_modules');
  if (packaged >= 0) {
    const [scope = '', inScope] = parts.slice(packaged + 1);
    return scope.startsWith('@') ? (inScope ?? scope) : scope;
  }
  return (
    parts.slice(0, -1).findLast((part) => !/^(?:dist|build|lib|src|bin|out)$/.test(part) && part !== '') ??
    stem
  );
}

/** Without folders, and without what only the operating system or the interpreter wants behind it. */
function stemOf(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? '';
  return file.replace(/^-/, '').replace(/\.(?:exe|cmd|bat|[cm]?js|[cm]?ts|py|rb|jar)$/i, '');
}

/** It becomes a key of the config, and is shown. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '?').slice(0, 100) || 'unknown';
}
