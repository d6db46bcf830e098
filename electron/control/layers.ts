/** How `fairlead doctor` writes down what it found about one layer. */
import type { Layer } from '../../shared/control.ts';
import { asFairleadError, type ErrorCode } from '../../shared/errors.ts';

type Name = Layer['layer'];

export function skipped(layer: Name, detail: string): Layer {
  return { layer, outcome: 'skipped', durationMs: 0, detail };
}

/** @param startedAt as performance.now() gave it */
export function failed(layer: Name, startedAt: number, thrown: unknown): Layer {
  const { code, message, help = whatToDo[code] ?? otherwise } = asFairleadError(thrown);
  return { layer, outcome: 'failed', durationMs: performance.now() - startedAt, detail: message, help };
}

/** For errors that say nothing of it themselves, as they are met elsewhere, too. */
const whatToDo: Partial<Record<ErrorCode, string>> = {
  timed_out: 'Ask whoever runs it whether it hangs; give it more time with --timeout when you add it.',
  connection_lost: 'Try again. If it comes again, the log of the server, or of what is before it, says why.',
  protocol_violation: 'Its server breaks the protocol: check its URL, and tell whoever runs it.',
  not_mcp: 'Check its URL: a web page or a login page may be there instead.',
  answer_too_large: 'Tell whoever runs it: no client can use an answer of that size.',
  remote_error: 'It is an error of the server: its log says more.',
  core_stopping: 'Try again: the next core is started by that.',
};
const otherwise = 'Try again. `fairlead logs` says more, and `fairlead doctor --bundle <file>` gathers it.';

/** Runs a check that resolves with what it found, or throws what is wrong. */
export async function measured(layer: Name, check: () => Promise<string> | string): Promise<Layer> {
  const startedAt = performance.now();
  try {
    const detail = await check();
    return { layer, outcome: 'ok', durationMs: performance.now() - startedAt, detail };
  } catch (thrown) {
    return failed(layer, startedAt, thrown);
  }
}
