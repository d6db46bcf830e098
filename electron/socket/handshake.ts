/**
 * Both sides prove that they know `run/key` before either sends anything else (docs/path.md): a program that squats
 * the socket's place learns a random number, and one that was not started by this user gets no answer.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { FairleadError } from '../../shared/errors.ts';

export type Role = 'endpoint' | 'control';

const greeting = 'FAIRLEAD/1';
const maxHandshakeBytes = 4096;
const handshakeTimeoutMs = 2_000;
const nonceForm = /^[A-Za-z0-9_-]{43}$/;

interface Transcript {
  readonly key: Buffer;
  readonly address: string;
  readonly role: Role;
  readonly callerNonce: string;
  readonly coreNonce: string;
}

/** The proof of one side; the side's name is in it, so that it cannot be sent back as the other's. */
function proof(side: 'caller' | 'core', transcript: Transcript): string {
  const { key, address, role, callerNonce, coreNonce } = transcript;
  const text = [greeting, side, role, callerNonce, coreNonce, address].join('\n');
  return createHmac('sha256', key).update(text).digest('base64url');
}

function matches(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

const newNonce = () => randomBytes(32).toString('base64url');

/**
 * The caller's half. @returns bytes that came behind the handshake; undefined when the core ended meanwhile
 * @throws FairleadError core_unreachable when the other side cannot prove itself
 */
export async function greetCore(
  socket: Socket,
  terms: { key: Buffer; address: string; role: Role },
): Promise<Buffer | undefined> {
  const callerNonce = newNonce();
  const lines = lineSource(socket);
  try {
    socket.write(`${greeting} ${terms.role} ${callerNonce}\n`);
    const [name, coreNonce = '', theirs = ''] = (await lines.next()).split(' ');
    const transcript = { ...terms, callerNonce, coreNonce };
    if (name !== greeting || !nonceForm.test(coreNonce) || !matches(theirs, proof('core', transcript))) {
      throw new FairleadError(
        'core_unreachable',
        "Something that is not Fairlead's core answers at its socket.",
        {
          help: `End the program that listens at ${terms.address}, then try again.`,
        },
      );
    }
    socket.write(`${proof('caller', transcript)}\n`);
    return lines.stop();
  } catch (thrown) {
    lines.stop();
    socket.destroy();
    if (thrown === brokenOff) return undefined;
    throw thrown;
  }
}

/**
 * The core's half. @returns the caller's role and the bytes that came behind the handshake
 * @throws when the caller cannot prove itself or takes too long; the socket is closed then
 */
export async function admitCaller(
  socket: Socket,
  terms: { key: Buffer; address: string },
): Promise<{ role: Role; early: Buffer }> {
  const lines = lineSource(socket);
  try {
    const [name, role, callerNonce = ''] = (await lines.next()).split(' ');
    if (name !== greeting || (role !== 'endpoint' && role !== 'control') || !nonceForm.test(callerNonce)) {
      throw new FairleadError('invalid_request', 'A local program did not greet as docs/path.md says.');
    }
    const transcript: Transcript = { ...terms, role, callerNonce, coreNonce: newNonce() };
    socket.write(`${greeting} ${transcript.coreNonce} ${proof('core', transcript)}\n`);
    if (!matches(await lines.next(), proof('caller', transcript))) {
      throw new FairleadError(
        'invalid_request',
        'A local program could not prove that it knows the local key.',
      );
    }
    return { role, early: lines.stop() };
  } catch (thrown) {
    lines.stop();
    socket.destroy();
    throw thrown;
  }
}

/** Reads the handshake's lines, no more bytes and no longer than it may take; both sides count from the connection. */
function lineSource(socket: Socket): { next(): Promise<string>; stop(): Buffer } {
  let buffered: Buffer = Buffer.alloc(0);
  let total = 0;
  let waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  let failure: Error | undefined;

  const settle = () => {
    if (waiting === undefined) return;
    const end = buffered.indexOf(0x0a);
    if (end >= 0) {
      const line = buffered.toString('latin1', 0, end);
      buffered = buffered.subarray(end + 1);
      waiting.resolve(line);
      waiting = undefined;
    } else if (failure !== undefined || total > maxHandshakeBytes) {
      waiting.reject(failure ?? broken('is too long'));
      waiting = undefined;
    }
  };
  const fail = (error: Error) => {
    failure ??= error;
    settle();
  };
  const onData = (chunk: Buffer) => {
    total += chunk.length;
    buffered = Buffer.concat([buffered, chunk]);
    settle();
  };
  const onClose = () => {
    fail(brokenOff);
  };
  const timer = setTimeout(() => {
    fail(broken('took too long'));
  }, handshakeTimeoutMs);
  // An error is followed by the close.
  socket.on('data', onData).on('error', () => undefined);
  socket.on('close', onClose);

  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        settle();
      }),
    stop() {
      clearTimeout(timer);
      socket.pause();
      socket.off('data', onData).off('close', onClose);
      return buffered;
    },
  };
}

function broken(how: string): FairleadError {
  return new FairleadError('core_unreachable', `The local handshake ${how}.`);
}

const brokenOff = broken('was broken off');
