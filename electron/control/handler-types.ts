/** What a handler of the control API takes and answers, derived from its command's contract. */
import type { z } from 'zod';
import type { commands, CommandName } from '../../shared/control.ts';

/** A command's input after zod has filled in the defaults. */
export type ParsedInput<N extends CommandName> = z.output<(typeof commands)[N]['input']>;
type Answer<N extends CommandName> = z.input<(typeof commands)[N]['output']>;

/** Who asked. */
export interface Caller {
  /** Aborts when their connection ends: nobody is there to be answered. */
  readonly signal: AbortSignal;
}

export type Handlers = {
  readonly [N in CommandName]: (input: ParsedInput<N>, caller: Caller) => Answer<N> | Promise<Answer<N>>;
};
