#!/usr/bin/env node
/** Endpoint entry: what a client's config starts (`fairlead stdio <container>`). */
import { runEndpoint } from './stdio/endpoint.ts';

/** Options whose value names a variable of ours that the core must be given. */
const namesVariable = new Set(['--secret-env', '--client-secret-env', '--passphrase-env']);

function namedVariables(args: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  args.forEach((arg, index) => {
    const [option = '', attached] = arg.split('=', 2);
    const name = namesVariable.has(option) ? (attached ?? args[index + 1]) : undefined;
    const value = name === undefined ? undefined : process.env[name];
    if (name !== undefined && value !== undefined) found[name] = value;
  });
  return found;
}

const [, , command, ...args] = process.argv;
if (command !== 'stdio' || args.length === 0 || args.includes('--help')) {
  process.stderr.write(
    'Usage: fairlead stdio <container name or URL> [options]\nExample: fairlead stdio notes\n',
  );
  process.exit(args.includes('--help') ? 0 : 2);
}

const endpoint = runEndpoint({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  opening: {
    args,
    cwd: process.cwd(),
    env: namedVariables(args),
    pid: process.pid,
    parentPid: process.ppid,
  },
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => endpoint.end());
void endpoint.done.then((status) => {
  // What was written must reach the client, but a client that reads nothing must not keep us.
  setTimeout(() => process.exit(status), 150);
  process.stdout.end(() => process.exit(status));
});
