/** What everything in the core stands on: where its profile is, its logs, and a lifetime at whose end they are on disk. */
import { createAuditLog } from '../control/audit-log.ts';
import { createLogStore } from '../control/log-store.ts';
import { systemClock } from '../runtime/clock.ts';
import { causeName, createLogger, logLevelOf, type Logger } from '../runtime/logger.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import { createScope, type Scope } from '../runtime/scope.ts';

const closeMs = 3_000;

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
  scope.defer(() => Promise.all([logs.flush(), audit.flush()]).then(() => undefined));
  process.once('uncaughtException', (thrown) => {
    logger.error('core.crashed', { cause: causeName(thrown) });
    // What is lost with this core its endpoints answer, and start the next one.
    void logs.flush().finally(() => process.exit(1));
  });
  return { env, paths, logs, audit, logger, scope };
}
