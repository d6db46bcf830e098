/** What one session is to do about a container's definitions: by what is known of them, and the level that is set. */
import type { ChangeLevel } from '../../shared/policy.ts';
import type { KnownDefinitions, News } from '../containers/definition-memory.ts';
import type { DefinitionWatch } from '../session/policy-cover.ts';

/**
 * @param terms.level as it is now
 * @param terms.tell what is new of a tool, or of the instructions
 * @returns where nothing is held back it only looks
 */
export function watchDefinitions(
  known: KnownDefinitions,
  { level, tell }: { level: () => ChangeLevel; tell: (news: News, tool?: string) => void },
): DefinitionWatch {
  const holds = () => level() === 'hold';
  return {
    see(tool, definition) {
      const news = known.see(tool, definition);
      if (news !== undefined) tell(news, tool);
    },
    seeInstructions(text) {
      const news = known.seeInstructions(text);
      if (news !== undefined) tell(news);
    },
    // What is not even known is one too many to be remembered.
    holds: (tool) => holds() && (known.hasChanged(tool) || !known.knows(tool)),
    refuses: (tool) => holds() && known.hasChanged(tool),
    get refusesAny() {
      return holds() && known.anyChanged;
    },
    get holdsInstructions() {
      return holds() && known.instructions !== undefined;
    },
  };
}
