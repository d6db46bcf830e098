/** Stopping all traffic and letting it go on, from wherever that is offered; what keeps it from that is said. */
import type { Result } from '../../shared/desktop.ts';
import { useBridge, useCommand, useToast } from './context.ts';
import { failure } from './prompt.ts';

export interface PauseSwitch {
  readonly turn: (to: 'pause' | 'resume') => void;
  readonly pending: boolean;
}

export function usePause(): PauseSwitch {
  const bridge = useBridge();
  const toast = useToast();
  const command = useCommand(async (to: 'pause' | 'resume'): Promise<Result<unknown>> => {
    const answer = await (to === 'pause' ? bridge.core.pause({ by: 'window' }) : bridge.core.resume({}));
    if (!answer.ok) toast(failure(answer.error));
    return answer;
  });
  return { turn: (to) => void command.run(to), pending: command.pending };
}
