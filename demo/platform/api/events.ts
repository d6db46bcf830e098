/** `/events`: what happens to a user's containers, as it happens (server-sent events). */
import { streamSSE } from 'hono/streaming';
import type { ContainerEvents } from '../containers/events.ts';
import type { ApiApp } from './authenticate.ts';
import { refusal } from './problem.ts';

/** @param deps.heartbeatMs how often a silent stream says that it is open; the credential is looked at again as often */
export function addEvents(
  app: ApiApp,
  { events, heartbeatMs }: { events: ContainerEvents; heartbeatMs: number },
): void {
  app.get('/events', async (context) => {
    const user = context.get('account').id;
    const stillAdmitted = context.get('stillAdmitted');
    const bell = events.bell(user);
    const asked = context.req.header('last-event-id');
    let last = asked === undefined ? await events.current(user) : Number(asked);
    const missed = /^\d{1,9}$/.test(asked ?? '0') ? await events.after(user, last) : 'gone';
    if (missed === 'gone') {
      bell.close();
      throw refusal(410, 'That event is no longer known. List the containers, and go on from there.');
    }

    // Or a proxy in between holds it back to fill a buffer.
    context.header('X-Accel-Buffering', 'no');
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => bell.close());
      // So that whoever waits for the headers has them, and comes back soon when the stream has ended.
      await stream.write('retry: 1000\n\n');
      while (!stream.aborted && !stream.closed) {
        const news = await events.after(user, last);
        // Trimmed before it was sent, as nobody read: the client comes back and is told so.
        if (news === 'gone') break;
        for (const { id, type, container } of news) {
          await stream.writeSSE({ id: String(id), event: type, data: JSON.stringify(container) });
          last = id;
        }
        await bell.wait(heartbeatMs);
        if (!(await stillAdmitted())) break;
        await stream.write(': still here\n\n');
      }
      bell.close();
    });
  });
}
