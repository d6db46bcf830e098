/** Clients of a container whose person has a say in what they get of it, kept by a registry of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createDefinitionMemory,
  type KnownDefinitions,
} from '../../electron/containers/definition-memory.ts';
import { createProgramMemory } from '../../electron/containers/program-memory.ts';
import { createRegistry, type Registry } from '../../electron/containers/registry.ts';
import { createPolicies, type Policies } from '../../electron/core/policies.ts';
import { systemClock } from '../../electron/runtime/clock.ts';
import { profilePaths, type ProfilePaths } from '../../electron/runtime/paths.ts';
import { coverPolicy } from '../../electron/session/policy-cover.ts';
import type { Program } from '../../electron/socket/peer-program.ts';
import type { Upstream } from '../../electron/upstream/conversation.ts';
import { container } from '../../shared/container.ts';
import type { AuditEvent } from '../../shared/audit.ts';
import type { Policy } from '../../shared/policy.ts';
import { openSessionClient, type SessionClient, type SessionClientOptions } from './session-client.ts';

export interface GovernedContainer {
  /** In place of the policy before. */
  decide(policy: Policy): void;
  readonly registry: Registry;
  readonly policies: Policies;
  readonly paths: ProfilePaths;
  /** What went on record. */
  readonly recorded: readonly AuditEvent[];
  /** Of its tools. */
  readonly known: KnownDefinitions;
  /** Of a program, as it is known. */
  client(options?: SessionClientOptions & { program?: Promise<Program | undefined> }): SessionClient;
}

/** @param options.personMs how long a request waits for the person */
export function openGoverned(
  url: URL,
  policy: Policy = {},
  { personMs }: { personMs?: number } = {},
): GovernedContainer {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const paths = profilePaths({ FAIRLEAD_HOME: folder });
  const registry = createRegistry({ paths });
  const notes = container.parse({ name: 'notes', url: url.href, auth: { method: 'none' } });
  registry.add(notes);
  registry.setPolicy(notes, policy);
  const recorded: AuditEvent[] = [];
  const memory = createDefinitionMemory(paths.tools);
  const policies = createPolicies({
    registry,
    memory,
    programs: createProgramMemory(paths.programs),
    audit: { append: (event) => void recorded.push(event) },
    clock: systemClock,
    personMs,
  });
  return {
    registry,
    policies,
    paths,
    known: memory.of('notes'),
    recorded,
    decide: (next) => registry.setPolicy(notes, next),
    client({ program = Promise.resolve(undefined), through = (plain: Upstream) => plain, ...options } = {}) {
      const watch = policies.watch({ container: notes, configured: true }, program);
      return openSessionClient(url, {
        ...options,
        through: (upstream) => coverPolicy({ upstream: through(upstream), policy: watch, name: 'notes' }),
      });
    },
  };
}
