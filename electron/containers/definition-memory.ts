/** Beside the path: `tools.json`, what containers said of their tools and of themselves when clients first got it. */
import { z } from 'zod';
import { createListeners } from '../runtime/listeners.ts';
import { readKept, writeKept } from './kept-json.ts';

/** A stranger decides how many there are, and how long. */
const maxTools = 5_000;
const maxChars = 16 * 1024 * 1024;

const entries = z.array(z.tuple([z.string(), z.string()]));
const remembered = z.record(
  z.string(),
  z.object({
    /** Each with its definition: as it was first, and where it is another now. */
    tools: entries,
    changed: entries,
    instructions: z.string().optional(),
    changedInstructions: z.string().optional(),
  }),
);

export interface Change {
  readonly before: string;
  readonly now: string;
}

/** It is another than the one that is known, or another still; it is again that one. */
export type News = 'changed' | 'restored';

/** Of one container. */
export interface KnownDefinitions {
  /**
   * Takes note of a tool as it is listed now. It is one to be known from then on, unless there are too many.
   * @returns what is new about it; undefined: nothing
   */
  see(tool: string, definition: string): News | undefined;
  seeInstructions(text: string): News | undefined;
  knows(tool: string): boolean;
  hasChanged(tool: string): boolean;
  /** Whether any tool has. */
  readonly anyChanged: boolean;
  readonly changes: ReadonlyMap<string, Change>;
  readonly instructions: Change | undefined;
  /** What changed is known as it is now. @returns whether it had */
  accept(tool: string): boolean;
  acceptInstructions(): boolean;
}

export interface DefinitionMemory {
  /** @param key of the container */
  of(key: string): KnownDefinitions;
  forget(key: string): void;
  /** Called when something differs from what is known, or does no longer. @returns the function that ends it */
  onChange(listener: () => void): () => void;
}

interface Known {
  readonly tools: Map<string, string>;
  readonly changed: Map<string, string>;
  instructions: string | undefined;
  changedInstructions: string | undefined;
}

/** @param path absolute. A file that is of no use is ignored, and written anew */
export function createDefinitionMemory(path: string): DefinitionMemory {
  const known = readKnown(path);
  const listeners = createListeners();

  const keep = () => {
    const all = [...known].map(([key, { tools, changed, ...rest }]) => [
      key,
      { tools: [...tools], changed: [...changed], ...rest },
    ]);
    writeKept(path, Object.fromEntries(all));
  };
  const changed = () => {
    keep();
    listeners.tell();
  };

  const open = new Map<string, KnownDefinitions>();

  return {
    of(key) {
      const kept = known.get(key) ?? {
        tools: new Map<string, string>(),
        changed: new Map<string, string>(),
        instructions: undefined,
        changedInstructions: undefined,
      };
      known.set(key, kept);
      const definitions = open.get(key) ?? createKnown(kept, { keep, changed });
      open.set(key, definitions);
      return definitions;
    },
    forget(key) {
      open.delete(key);
      if (known.delete(key)) changed();
    },
    onChange: listeners.add,
  };
}

function createKnown(
  entry: Known,
  { keep, changed }: { keep: () => void; changed: () => void },
): KnownDefinitions {
  let due: NodeJS.Immediate | undefined;
  /** Once for all that one answer brings. */
  const keepSoon = () => {
    due ??= setImmediate(() => {
      due = undefined;
      keep();
    });
  };
  let chars = [...entry.tools.values()].reduce((sum, { length }) => sum + length, 0);

  return {
    see(tool, definition) {
      const before = entry.tools.get(tool);
      if (before === undefined) {
        if (entry.tools.size >= maxTools || chars + definition.length > maxChars) return undefined;
        chars += definition.length;
        entry.tools.set(tool, definition);
        keepSoon();
        return undefined;
      }
      if (before === definition) {
        if (!entry.changed.delete(tool)) return undefined;
        changed();
        return 'restored';
      }
      if (entry.changed.get(tool) === definition) return undefined;
      entry.changed.set(tool, definition);
      changed();
      return 'changed';
    },
    seeInstructions(text) {
      if (entry.instructions === undefined) {
        entry.instructions = text;
        keepSoon();
        return undefined;
      }
      const now = entry.instructions === text ? undefined : text;
      if (entry.changedInstructions === now) return undefined;
      entry.changedInstructions = now;
      changed();
      return now === undefined ? 'restored' : 'changed';
    },
    knows: (tool) => entry.tools.has(tool),
    hasChanged: (tool) => entry.changed.has(tool),
    get anyChanged() {
      return entry.changed.size > 0;
    },
    get changes() {
      return new Map(
        [...entry.changed].map(([tool, now]) => [tool, { before: entry.tools.get(tool) ?? '', now }]),
      );
    },
    get instructions() {
      const { instructions: before, changedInstructions: now } = entry;
      return before === undefined || now === undefined ? undefined : { before, now };
    },
    accept(tool) {
      const now = entry.changed.get(tool);
      if (now === undefined) return false;
      chars += now.length - (entry.tools.get(tool)?.length ?? 0);
      entry.tools.set(tool, now);
      entry.changed.delete(tool);
      changed();
      return true;
    },
    acceptInstructions() {
      if (entry.changedInstructions === undefined) return false;
      entry.instructions = entry.changedInstructions;
      entry.changedInstructions = undefined;
      changed();
      return true;
    },
  };
}

function readKnown(path: string): Map<string, Known> {
  return new Map(
    Object.entries(readKept(path, remembered) ?? {}).map(
      ([key, { tools, changed, instructions, changedInstructions }]) => [
        key,
        { tools: new Map(tools), changed: new Map(changed), instructions, changedInstructions },
      ],
    ),
  );
}
