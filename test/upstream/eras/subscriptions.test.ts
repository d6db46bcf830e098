import { expect, onTestFinished, test, vi } from 'vitest';
import { createSubscriptions } from '../../../electron/upstream/eras/subscriptions.ts';
import { messageOf, ownAnswer } from '../../../electron/upstream/splice.ts';
import type { Message } from '../../../shared/envelope.ts';

const failed = '"error":{"code":-32000,"message":"Deploying."}' as const;

/** Listens at a container that answers the first request, the second, and so on; where that says nothing, it goes on. */
function listenAt(...answers: ((request: Message) => Message | undefined)[]) {
  let asked = 0;
  const subscriptions = createSubscriptions({
    ownId: () => `"own-${asked + 1}"`,
    exchange(request, signal) {
      const answer = answers[asked]?.(request);
      asked += 1;
      if (answer !== undefined) return Promise.resolve(answer);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('over'))));
    },
  });
  onTestFinished(() => subscriptions.closeAll());
  const acknowledge = ({ id = '' }: Message) =>
    subscriptions.acknowledge(
      messageOf(
        `{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":${id}}}}`,
      ),
    );
  return { subscriptions, acknowledge, asked: () => asked };
}

test('a container that has told of changes before is asked again after it refused once', async () => {
  const listening = listenAt(
    (request) => {
      listening.acknowledge(request);
      return ownAnswer(request, '"result":{}');
    },
    (request) => ownAnswer(request, failed),
    () => undefined,
  );
  expect(await listening.subscriptions.open('tools', '{"toolsListChanged":true}')).toBeUndefined();
  await vi.waitFor(() => expect(listening.asked()).toBe(3), { timeout: 30_000 });
});

test('one that never has is not', async () => {
  const listening = listenAt((request) => ownAnswer(request, failed));
  expect(await listening.subscriptions.open('tools', '{"toolsListChanged":true}')).toMatchObject({
    failed: true,
  });
  expect(listening.asked()).toBe(1);
});
