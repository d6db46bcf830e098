/** The wire protocol's frames (docs/path.md): how an endpoint, a command or the desktop talks with the core. */
import { Buffer } from 'node:buffer';

export const frameTypes = {
  /** To the core. Endpoint: which container (JSON `EndpointOpening`). */
  open: 0x01,
  /** Endpoint: one line of the client. */
  line: 0x02,
  /** Endpoint: a retained line again, for a new core. */
  replay: 0x03,
  /** Endpoint: the client's input has ended. */
  end: 0x04,

  /** From the core. JSON `{version, pid}`: the opening was accepted. */
  opened: 0x11,
  /** One message for the client; `seq` names the client's line that it answers, or is 0. */
  message: 0x12,
  /** Nothing will be written for that line. */
  settled: 0x13,
  /** Keep that line for a replay; and no more. */
  retain: 0x14,
  release: 0x15,
  /** JSON `ErrorReport`: the core will not serve this opening. */
  refused: 0x16,
  /** The core is being ended by the person: do not start another one before the client needs it. */
  goodbye: 0x17,

  /** Both ways: one JSON document of the control API (shared/control.ts). */
  control: 0x21,
} as const;

export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

export interface Frame {
  readonly type: number;
  readonly seq: number;
  readonly payload: Buffer;
}

/** The longest line of a client and the longest message of a container, in bytes. */
export const maxMessageBytes = 64 * 1024 * 1024;

/** Length (of all that follows it), type, sequence number. */
const headBytes = 9;
const maxFrameBytes = maxMessageBytes + 64 * 1024;

/** The bytes before a frame's payload: u32 length, u8 type, u32 seq, all big-endian. */
export function frameHead(type: FrameType, seq: number, payloadBytes: number): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt32BE(payloadBytes + headBytes - 4, 0);
  head.writeUInt8(type, 4);
  head.writeUInt32BE(seq, 5);
  return head;
}

/** Cuts a stream of chunks into frames. */
export interface FrameReader {
  /** @returns false when the stream breaks the protocol and must be closed */
  push(chunk: Buffer): boolean;
}

export function createFrameReader(receive: (frame: Frame) => void): FrameReader {
  /** What came of a frame that is not yet whole. */
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  /** How many bytes the pending frame needs, once its length is known. */
  let wantedBytes = 4;

  return {
    push(chunk) {
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes < wantedBytes) return true;
      const bytes = pending.length === 1 ? chunk : Buffer.concat(pending, pendingBytes);
      let at = 0;
      wantedBytes = 4;
      while (bytes.length - at >= 4) {
        const length = bytes.readUInt32BE(at);
        if (length < headBytes - 4 || length > maxFrameBytes) return false;
        if (bytes.length - at < length + 4) {
          wantedBytes = length + 4;
          break;
        }
        receive({
          type: bytes.readUInt8(at + 4),
          seq: bytes.readUInt32BE(at + 5),
          payload: bytes.subarray(at + headBytes, at + 4 + length),
        });
        at += length + 4;
      }
      pending = at === bytes.length ? [] : [bytes.subarray(at)];
      pendingBytes = bytes.length - at;
      return true;
    },
  };
}
