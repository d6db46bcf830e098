/** How `fairlead doctor` writes down what it found about one layer. */
import type { Layer } from '../../shared/control.ts';
import { asFairleadError } from '../../shared/errors.ts';

type Name = Layer['layer'];

export function skipped(layer: Name, detail: string): Layer {
  return { layer, outcome: 'skipped', durationMs: 0, detail };
}

/** @param startedAt as performance.now() gave it */
export function failed(layer: Name, startedAt: number, thrown: unknown): Layer {
  const { message, help } = asFairleadError(thrown);
  const found: Layer = {
    layer,
    outcome: 'failed',
    durationMs: performance.now() - startedAt,
    detail: message,
  };
  return help === undefined ? found : { ...found, help };
}

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
