/** The core as a process of the desktop's own: the file that others run under plain Node, in a utility process. */
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import { coreEnvironment } from '../socket/core-environment.ts';

export interface CoreProcess {
  /** Resolves with its exit status once it has ended, and never rejects. */
  readonly exited: Promise<number>;
  /** What it said last of why it could not start. */
  lastWords(): string | undefined;
  /** Asks it to end; on Windows it just ends. */
  kill(): void;
}

/** @param home FAIRLEAD_HOME, which exists */
export function startCoreProcess({
  env,
  programFolder,
  home,
}: {
  readonly env: NodeJS.ProcessEnv;
  readonly programFolder: string;
  readonly home: string;
}): CoreProcess {
  const inherited = coreEnvironment(env);
  delete inherited['ELECTRON_RUN_AS_NODE'];
  const child = utilityProcess.fork(join(programFolder, 'core.js'), [], {
    env: inherited,
    cwd: home,
    serviceName: 'Fairlead core',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Of a fatal error of its engine, whose exit follows: unheard it would end the desktop, too.
  child.on('error', () => undefined);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2_000);
  });
  return {
    exited: new Promise((resolve) => {
      child.once('exit', resolve);
    }),
    lastWords: () => /^fairlead: (?:the core could not start\. )?(.+)$/m.exec(said)?.[1],
    kill: () => void child.kill(),
  };
}
