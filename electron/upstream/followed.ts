/** Listens to a container of the newer era for a client that does not know how to: again, whenever the stream ends. */
import type { Message } from '../../shared/envelope.ts';
import { delay } from '../runtime/clock.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

export interface Followed {
  /** Resolves once changes can be heard; with the container's error where it refuses to tell of them. */
  readonly begun: Promise<Message | undefined>;
  close(): void;
}

/**
 * @param listen sends one `subscriptions/listen` and calls back when the container has taken it; resolves with the
 *   answer, which is its end, and rejects where there will be none
 */
export function follow(listen: (signal: AbortSignal, onTaken: () => void) => Promise<Message>): Followed {
  const controller = new AbortController();
  const { signal } = controller;
  let begin: (refusal?: Message) => void = () => undefined;
  const begun = new Promise<Message | undefined>((resolve) => {
    begin = resolve;
  });

  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      const onTaken = () => {
        failures = 0;
        begin();
      };
      const answer = await listen(signal, onTaken).catch(() => undefined);
      if (answer?.failed === true) {
        begin(answer);
        return;
      }
      failures += 1;
      await delay(Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs), signal).catch(
        () => undefined,
      );
    }
  };
  void run().finally(() => begin());
  return { begun, close: () => controller.abort() };
}
