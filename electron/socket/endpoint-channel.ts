/** Stop 2 hands to stop 3: one endpoint's connection as the client's side of a session. */
import { z } from 'zod';
import { errorReport, FairleadError } from '../../shared/errors.ts';
import type { ClientChannel, ClientEvents } from '../session/client-channel.ts';
import type { Connection } from './connection.ts';
import { frameTypes, type Frame } from './frames.ts';
import type { EndpointOpening } from './opening.ts';

const opening = z.object({
  args: z.array(z.string()).min(1),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  pid: z.number(),
  parentPid: z.number(),
}) satisfies z.ZodType<EndpointOpening>;

/** An endpoint that is quiet for longer never meant to open anything. */
const openingMs = 5_000;

/**
 * Waits for what the endpoint wants and serves it until either side ends.
 * @param open throws a FairleadError when the container cannot be had; the endpoint is told why
 */
export function serveEndpoint(
  connection: Connection,
  greeting: { version: string; pid: number },
  open: (opening: EndpointOpening, channel: ClientChannel) => ClientEvents,
): void {
  let client: ClientEvents | undefined;
  let refused = false;
  const timer = setTimeout(() => connection.destroy(), openingMs);

  const channel: ClientChannel = {
    write: (message, settles) => connection.send(frameTypes.message, settles, message),
    settle: (seq) => void connection.send(frameTypes.settled, seq),
    retain: (seq) => void connection.send(frameTypes.retain, seq),
    release: (seq) => void connection.send(frameTypes.release, seq),
    close: () => connection.close(),
  };

  const refuse = (thrown: unknown) => {
    refused = true;
    connection.sendJson(frameTypes.refused, errorReport(thrown));
    connection.close();
  };

  const begin = (frame: Frame) => {
    clearTimeout(timer);
    try {
      const wanted = opening.safeParse(JSON.parse(frame.payload.toString('utf8')));
      if (!wanted.success)
        throw new FairleadError('invalid_request', 'The endpoint opened in a way that is unknown here.');
      client = open(wanted.data, channel);
      connection.sendJson(frameTypes.opened, greeting);
    } catch (thrown) {
      refuse(thrown);
    }
  };

  connection.listen({
    frame(frame) {
      if (client === undefined) {
        // What the endpoint had sent before it could hear of the refusal is of no interest.
        if (frame.type === frameTypes.open && !refused) begin(frame);
        else if (!refused) connection.destroy();
        return;
      }
      switch (frame.type) {
        case frameTypes.line:
          client.line(frame.seq, frame.payload, false);
          break;
        case frameTypes.replay:
          client.line(frame.seq, frame.payload, true);
          break;
        case frameTypes.end:
          client.ended();
          break;
        default:
          connection.destroy();
      }
    },
    drained: () => client?.drained(),
    closed() {
      clearTimeout(timer);
      client?.closed();
    },
  });
}
