/** A container's tools for the person: all that there are, what clients get of them, what changed, one called by hand. */
import type { Container } from '../../shared/container.ts';
import type { ListedTool } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { isOn, levelOf, matchesGlob, rulesFor } from '../../shared/policy.ts';
import { policyKey } from '../containers/registry.ts';
import { heldBack, switchedOff } from '../session/refusals.ts';
import { subjectOf } from './audit-log.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers, ParsedInput } from './handler-types.ts';
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
    'tools.accept': (input) => {
      const { name, tool, shown } = input;
      const container = registry.named(name);
      const known = definitions.of(policyKey(container));
      const now = tool === undefined ? known.instructions?.now : known.changes.get(tool)?.now;
      if (shown !== undefined && now !== undefined && shown !== now) throw changedAgain();
      const tools = meantOf([...known.changes.keys()], input).filter((each) => known.accept(each));
      const instructions = tool === undefined && known.acceptInstructions();
      if (tools.length === 0 && !instructions) throw nothingChanged(name);
      const accepted = { kind: 'policy', ...subjectOf(container), change: 'accepted' } as const;
      for (const each of tools) audit.append({ ...accepted, tool: each.slice(0, maxNameLength) });
      if (instructions) audit.append(accepted);
      return { container: name, tools, instructions };
    },
  };
}

/** What was shown is one tool, whatever else its name would match. */
function meantOf(
  changed: readonly string[],
  { tool: glob, shown }: Pick<ParsedInput<'tools.accept'>, 'tool' | 'shown'>,
): readonly string[] {
  if (glob === undefined) return [];
  return changed.filter((tool) => (shown === undefined ? matchesGlob(glob, tool) : tool === glob));
}

function changedAgain(): FairleadError {
  return new FairleadError('tool_changed', 'It has changed again since you looked.', {
    help: 'Nothing was accepted. Review it anew: it is shown as it is now.',
  });
}

function nothingChanged(name: string): FairleadError {
  return new FairleadError('usage', `Nothing of that name has changed at ${name}.`, {
    help: `See \`fairlead tools ${name}\` for what has.`,
  });
}
