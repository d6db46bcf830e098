/** Between stops 3 and 4: a container's upstream whose conversations go through something of ours first. */
import type { Conversation, ConversationEvents, Standing, Upstream } from '../upstream/conversation.ts';

/** @param converse begins the conversation that stands before one of `upstream` */
export function coveredUpstream(
  upstream: Upstream,
  converse: (events: ConversationEvents, said: () => Standing) => Conversation,
): Upstream {
  return {
    converse: (events, said) => converse(events, said),
    get transport() {
      return upstream.transport;
    },
    newerVersion: () => upstream.newerVersion(),
    close: () => upstream.close(),
  };
}
