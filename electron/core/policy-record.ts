/** What goes on record of tools and programs though nobody decides it: what a container changes, who asks, who is new. */
import type { PolicyEvent } from '../../shared/audit.ts';
import type { Container } from '../../shared/container.ts';
import type { News } from '../containers/definition-memory.ts';
import type { ProgramMemory } from '../containers/program-memory.ts';
import { policyKey } from '../containers/registry.ts';
import { subjectOf, type AuditLog } from '../control/audit-log.ts';
import type { Program } from '../socket/peer-program.ts';

/** A container that changes its tools with each list must not push everything else out of the audit. */
const maxNews = 200;
const maxNameLength = 200;

export interface PolicyRecord {
  /** Of a program that waits for the person. */
  asked(container: Container, program: Program): void;
  /** Of a program that gets through; only its first use of the container is on record. */
  used(container: Container, program: Program): void;
  /**
   * Of one session.
   * @param holds whether what is changed is held back
   * @returns to be told what is new of a tool, or of the instructions
   */
  news(container: Container, holds: () => boolean): (news: News, tool?: string) => void;
}

export function createPolicyRecord(deps: {
  audit: Pick<AuditLog, 'append'>;
  programs: Pick<ProgramMemory, 'see'>;
}): PolicyRecord {
  const append = (container: Container, event: PolicyEvent) =>
    deps.audit.append({ kind: 'policy', ...subjectOf(container), ...event });
  return {
    asked: (container, program) => append(container, { change: 'consent_asked', ...memberOf(program) }),
    used(container, program) {
      if (deps.programs.see(policyKey(container), program))
        append(container, { change: 'first_use', ...memberOf(program) });
    },
    news(container, holds) {
      let left = maxNews;
      return (news, tool) => {
        left -= 1;
        if (left < 0) return;
        const change = news === 'changed' && holds() ? 'held' : news;
        append(container, { change, ...(tool !== undefined && { tool: tool.slice(0, maxNameLength) }) });
      };
    },
  };
}

function memberOf({ name, path }: Program): Pick<PolicyEvent, 'program' | 'path'> {
  return { program: name, ...(path !== undefined && { path }) };
}
