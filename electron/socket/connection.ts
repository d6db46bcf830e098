/** One handshaken connection between the core and a local program: frames in order, with back-pressure. */
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { batchedWrites } from './batched-writes.ts';
import { createFrameReader, frameHead, type Frame, type FrameType } from './frames.ts';

export interface ConnectionEvents {
  frame(frame: Frame): void;
  /** The other side reads again, after `send` returned false. */
  drained(): void;
  /** Once, however it ended. */
  closed(): void;
}

export interface Connection {
  /** @returns false when the other side reads too slowly: wait for `drained` */
  send(type: FrameType, seq: number, payload?: Uint8Array): boolean;
  sendJson(type: FrameType, value: unknown): boolean;
  /** Begins the delivery of events. To be called once. */
  listen(events: ConnectionEvents): void;
  /** Stops and restarts reading from the other side. */
  pause(): void;
  resume(): void;
  /** Ends after what was sent has left. */
  close(): void;
  /** Ends now. */
  destroy(): void;
}

const nothing = new Uint8Array(0);

/** @param early bytes that came behind the handshake's last line */
export function createConnection(socket: Socket, early: Buffer): Connection {
  const gather = batchedWrites(socket);
  const send = (type: FrameType, seq: number, payload: Uint8Array = nothing): boolean => {
    if (socket.destroyed || socket.writableEnded) return true;
    gather();
    const more = socket.write(frameHead(type, seq, payload.length));
    return payload.length === 0 ? more : socket.write(payload);
  };

  return {
    send,
    sendJson: (type, value) => send(type, 0, new TextEncoder().encode(JSON.stringify(value))),
    listen(events) {
      const reader = createFrameReader((frame) => {
        events.frame(frame);
      });
      const read = (chunk: Buffer) => {
        if (!reader.push(chunk)) socket.destroy();
      };
      socket.on('drain', () => {
        events.drained();
      });
      socket.on('close', () => {
        events.closed();
      });
      if (early.length > 0) read(early);
      socket.on('data', read);
      socket.resume();
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}
