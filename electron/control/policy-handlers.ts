/** What the person lets a container's clients have of it, as the control API changes that. */
import type { PolicyEvent } from '../../shared/audit.ts';
import type { Container } from '../../shared/container.ts';
import type { PolicyReport } from '../../shared/policy-control.ts';
import { FairleadError } from '../../shared/errors.ts';
import {
  isPausedAt,
  policy as policySchema,
  withConsent,
  withRule,
  type Policy,
  type ToolRule,
} from '../../shared/policy.ts';
import { trafficPaused } from '../session/refusals.ts';
import { subjectOf } from './audit-log.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers, ParsedInput } from './handler-types.ts';

type PolicyHandlers = Pick<
  Handlers,
  'policy.show' | 'policy.rule' | 'policy.changes' | 'consent.mode' | 'consent.decide' | 'pause' | 'resume'
>;

export function createPolicyHandlers({
  registry,
  consents,
  interrupt,
  audit,
}: Pick<ControlDeps, 'registry' | 'consents' | 'interrupt' | 'audit'>): PolicyHandlers {
  /** Puts a policy in the place of the one before, and on record. */
  const decide = (container: Container, policy: Policy, events: readonly PolicyEvent[]): PolicyReport => {
    // What could not be read again must not be written.
    if (!policySchema.safeParse(policy).success) throw tooMany();
    registry.setPolicy(container, policy);
    for (const event of events) audit.append({ kind: 'policy', ...subjectOf(container), ...event });
    return { container: container.name, policy };
  };

  return {
    'policy.show'({ name }) {
      const container = registry.named(name);
      return { container: container.name, policy: registry.policyOf(container) };
    },
    'policy.rule'(input) {
      const container = registry.named(input.name);
      const { rule, program } = input;
      const event = { ...ruleEvent(rule), ...(program !== undefined && { program }) };
      return decide(container, withRuleOf(registry.policyOf(container), input), [event]);
    },
    'policy.changes'({ name, level }) {
      const container = registry.named(name);
      const policy = { ...registry.policyOf(container), changedTools: level };
      return decide(container, policy, [{ change: 'level_set', level }]);
    },
    'consent.mode'({ name, consent }) {
      const container = registry.named(name);
      const policy = { ...registry.policyOf(container), consent };
      return decide(container, policy, [{ change: consent === 'ask' ? 'consent_on' : 'consent_off' }]);
    },
    'consent.decide'({ name, program, allowed }) {
      const container = registry.named(name);
      const meant = consents
        .pending()
        .filter((each) => each.container === name && each.program.toLowerCase() === program.toLowerCase());
      const paths = meant.map(({ path }) => path);
      const policy = withConsent(registry.policyOf(container), program, { allowed, paths });
      const change = allowed ? 'consent_given' : 'consent_refused';
      const events = (paths.length === 0 ? [undefined] : paths).map((path): PolicyEvent => {
        return { change, program, ...(path !== undefined && { path }) };
      });
      return decide(container, policy, events);
    },
    pause({ by, minutes }) {
      const since = Date.now();
      const pause = { by, since, ...(minutes !== undefined && { until: since + minutes * 60_000 }) };
      registry.setPaused(pause);
      const { until } = pause;
      audit.append({ kind: 'policy', change: 'paused', by, ...(until !== undefined && { until }) });
      interrupt(trafficPaused(pause));
      return pause;
    },
    resume() {
      const paused = registry.paused();
      if (paused !== undefined) registry.setPaused(undefined);
      if (!isPausedAt(Date.now(), paused)) return {};
      audit.append({ kind: 'policy', change: 'resumed' });
      return { ended: paused };
    },
  };
}

/** A rule as it goes on record. */
export function ruleEvent(rule: ToolRule): PolicyEvent {
  return 'allow' in rule ? { change: 'allowed', tool: rule.allow } : { change: 'denied', tool: rule.deny };
}

function withRuleOf(
  before: Policy,
  { rule, program }: Pick<ParsedInput<'policy.rule'>, 'rule' | 'program'>,
): Policy {
  const { tools = [], programs = {}, ...rest } = before;
  if (program === undefined) return policyOf(rest, withRule(tools, rule), programs);
  // Under the name that it has there already.
  const name = Object.keys(programs).find((each) => each.toLowerCase() === program.toLowerCase()) ?? program;
  return policyOf(rest, tools, { ...programs, [name]: withRule(programs[name] ?? [], rule, tools) });
}

/** Without what says nothing. */
function policyOf(rest: Policy, tools: Policy['tools'], programs: NonNullable<Policy['programs']>): Policy {
  const ruled = Object.fromEntries(Object.entries(programs).filter(([, rules]) => rules.length > 0));
  return {
    ...rest,
    ...(tools !== undefined && tools.length > 0 && { tools }),
    ...(Object.keys(ruled).length > 0 && { programs: ruled }),
  };
}

function tooMany(): FairleadError {
  return new FairleadError('usage', 'There are too many rules for this container.', {
    help: 'Begin anew with `fairlead allow <name> "*"`, and use * and ? in the names of tools.',
  });
}
