/** A container's tools for the person: all that there are, what clients get of them, what changed, one called by hand. */
import type { Container } from '../../shared/container.ts';
import type { ListedTool } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { isOn, levelOf, matchesGlob, rulesFor } from '../../shared/policy.ts';
import { policyKey } from '../containers/registry.ts';
import { heldBack, switchedOff } from '../session/refusals.ts';
import { subjectOf } from './audit-log.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';
import { withTrial } from './with-trial.ts';

/** On record; a container names its tools at any length. */
const maxNameLength = 200;

type ToolHandlers = Pick<Handlers, 'tools.list' | 'tools.call' | 'tools.accept'>;

export function createToolHandlers(
  deps: Pick<ControlDeps, 'audit' | 'definitions' | 'openLoopback' | 'registry' | 'version'>,
): ToolHandlers {
  const { audit, definitions, registry } = deps;

  /** How a container's tools stand for programs without rules of their own. */
  const standing = (container: Container) => {
    const policy = registry.policyOf(container);
    const [rules, level] = [rulesFor(policy, undefined), levelOf(policy, container)];
    const { changes, instructions } = definitions.of(policyKey(container));
    const stateOf = (tool: string): ListedTool['state'] => {
      if (!isOn(rules, tool)) return 'off';
      if (level === 'off' || !changes.has(tool)) return 'on';
      return level === 'hold' ? 'held' : 'changed';
    };
    return { changes, instructions: level === 'off' ? undefined : instructions, level, stateOf };
  };

  return {
    'tools.list': ({ name }) => {
      const container = registry.named(name);
      return withTrial(deps, container, async (trial) => {
        const tools = await trial.listTools();
        const { changes, instructions, level, stateOf } = standing(container);
        return {
          tools: tools.map((tool): ListedTool => {
            const [state, change] = [stateOf(tool.name), changes.get(tool.name)];
            const differs = state === 'held' || state === 'changed';
            return { ...tool, state, ...(differs && change !== undefined && { change }) };
          }),
          ...(instructions !== undefined && { instructions: { ...instructions, held: level === 'hold' } }),
        };
      });
    },
    'tools.call': ({ name, tool, arguments: args }) => {
      const container = registry.named(name);
      const state = standing(container).stateOf(tool);
      if (state === 'off') throw switchedOff(name);
      if (state === 'held') throw heldBack(name);
      return withTrial(deps, container, async (trial) => ({ result: await trial.callTool(tool, args) }));
    },
    'tools.accept': ({ name, tool: glob }) => {
      const container = registry.named(name);
      const known = definitions.of(policyKey(container));
      const tools =
        glob === undefined
          ? []
          : [...known.changes.keys()].filter((tool) => matchesGlob(glob, tool) && known.accept(tool));
      const instructions = glob === undefined && known.acceptInstructions();
      if (tools.length === 0 && !instructions) throw nothingChanged(name);
      const accepted = { kind: 'policy', ...subjectOf(container), change: 'accepted' } as const;
      for (const tool of tools) audit.append({ ...accepted, tool: tool.slice(0, maxNameLength) });
      if (instructions) audit.append(accepted);
      return { container: name, tools, instructions };
    },
  };
}

function nothingChanged(name: string): FairleadError {
  return new FairleadError('usage', `Nothing of that name has changed at ${name}.`, {
    help: `See \`fairlead tools ${name}\` for what has.`,
  });
}
