/** What is gathered for somebody who is to help: redacted, and nothing that was called or answered. */
import { arch, platform, release } from 'node:os';
import type { AuditLine } from '../../shared/audit.ts';
import type { Layer } from '../../shared/control.ts';
import { asFairleadError } from '../../shared/errors.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import { redacted } from '../runtime/redact.ts';
import { version } from '../runtime/version.ts';
import { readAudit } from './audit-log.ts';
import { verifyAudit } from './audit-verify.ts';
import type { ControlClient } from './client.ts';
import { readLog } from './log-store.ts';

/** By name, in the order of the file. */
export type DiagnosticsContents = Readonly<
  Record<string, { readonly what: string; readonly value: unknown }>
>;

const lastEvents = 1_000;
const lastCalls = 5_000;
const lastFailures = 200;

/** Whom it is gathered for. */
export interface BundleSources {
  readonly paths: ProfilePaths;
  readonly env: NodeJS.ProcessEnv;
  /** Throws where no core runs. */
  readonly call: ControlClient['call'];
}

/** @param layers what the doctor has found. Never throws: what cannot be had says why. */
export async function gather(
  { paths, env, call }: BundleSources,
  layers: readonly Layer[],
): Promise<DiagnosticsContents> {
  const [status, containers, log, calls, audit] = await Promise.all([
    orWhy(call('status', {})),
    orWhy(call('containers.list', {})),
    // A core has what its files do not hold yet.
    orWhy(call('logs', { last: lastEvents }).catch(() => readLog(paths.log, lastEvents))),
    call('audit', { last: lastCalls })
      .catch(() => readAudit(paths.audit, lastCalls))
      .catch(() => []),
    orWhy(verifyAudit(paths.audit)),
  ]);
  const settings = Object.keys(env).filter((name) =>
    /^FAIRLEAD_|^(https?|no)_proxy$|^NODE_EXTRA_CA/i.test(name),
  );
  const contents = {
    about: {
      what: 'versions, system, and which of our variables are set (not to what)',
      value: {
        fairlead: version,
        node: process.versions.node,
        system: [platform(), release(), arch()],
        settings,
      },
    },
    layers: { what: 'what the doctor has found just now', value: layers },
    containers: {
      what: 'configured containers, without secrets and without what is behind ? in their URLs',
      value: containers,
    },
    status: { what: 'the core, its sessions and the last problems', value: status },
    failures: {
      what: 'the last calls, sign-ins and renewals that failed: names and error codes',
      value: calls.filter(failed).slice(-lastFailures),
    },
    audit: { what: 'how many lines the audit has, and whether they are as they were written', value: audit },
    log: { what: 'the last named events', value: log },
  };
  return Object.fromEntries(
    Object.entries(contents).map(([name, { what, value }]) => [
      name,
      { what, value: redacted(value, paths.home) },
    ]),
  );
}

function failed(line: AuditLine): boolean {
  return 'outcome' in line && !['ok', 'granted', 'cancelled'].includes(line.outcome);
}

async function orWhy<T>(asked: Promise<T>): Promise<T | { readonly missing: string }> {
  return asked.catch((thrown: unknown) => ({ missing: asFairleadError(thrown).message }));
}
