/** The container's side of a session: what it sends, in its order, to the client. */
import type { Message } from '../../shared/envelope.ts';
import { keyMember } from './in-flight.ts';
import type { RecentKeys } from './recent-keys.ts';
import type { Replies } from './replies.ts';
import type { Requests } from './requests.ts';

/** @param deps.asked requests of the container that the client has not answered */
export function receiveFromContainer(deps: {
  requests: Requests;
  asked: RecentKeys;
  replies: Replies;
}): (message: Message) => void {
  const { requests, asked, replies } = deps;
  return (message) => {
    if (message.kind === 'response') {
      requests.answer(message);
      return;
    }
    if (message.idKey !== undefined) {
      asked.add(message.idKey);
    } else if (message.method === 'notifications/progress') {
      if (!requests.progress(keyMember(message, 'progressToken'))) return;
    } else if (message.method === 'notifications/cancelled') {
      asked.delete(keyMember(message, 'requestId') ?? '');
    }
    replies.message(message.bytes, 0);
  };
}
