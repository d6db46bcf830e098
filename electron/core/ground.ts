/** What everything in the core stands on: where its profile is, its records, and a lifetime at whose end they are on disk. */
import { createAuditLog } from '../control/audit-log.ts';
import { createLogStore } from '../control/log-store.ts';
import { delay, systemClock } from '../runtime/clock.ts';
import { causeName, createLogger, logLevelOf, type Logger } from '../runtime/logger.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import { createScope, type Scope } from '../runtime/scope.ts';
import { version } from '../runtime/version.ts';

const closeMs = 3_000;
/** For what was recorded, behind a claim of a core that was killed too; a disk that hangs must not keep this one from ending. */
const flushMs = 5_500;

export interface Ground {
  readonly env: NodeJS.ProcessEnv;
  readonly paths: ProfilePaths;
  readonly logger: Logger;
  readonly scope: Scope;
}

export function openGround(env: NodeJS.ProcessEnv, paths: ProfilePaths) {
  const logs = createLogStore(paths.log);
  const audit = createAuditLog({ path: paths.audit });
  const logger = createLogger({
    level: logLevelOf(env['FAIRLEAD_LOG']),
    now: () => systemClock.now(),
    write: (record) => logs.write(record),
  });
  const scope = createScope({
    deadlineMs: closeMs,
    onError: (thrown) => logger.error('core.cleanup_failed', { cause: causeName(thrown) }),
  });
  const flush = () => Promise.race([Promise.all([logs.flush(), audit.flush()]), delay(flushMs)]);
  /** Closes the scope, and sees to it that what was recorded is on the disk, also where closing took too long. */
  const end = async () => {
    await scope.close();
    audit.append({ kind: 'core', change: 'stopped', pid: process.pid, version });
    await flush();
  };
  process.once('uncaughtException', (thrown) => {
    logger.error('core.crashed', { cause: causeName(thrown) });
    // What is lost with this core its endpoints answer, and start the next one.
    void flush().finally(() => process.exit(1));
  });
  return { env, paths, logs, audit, logger, scope, end };
}
