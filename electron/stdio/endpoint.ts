/** Stop 1: joins a client's stdin and stdout to the core's socket, and outlives the core. */
import type { Readable, Writable } from 'node:stream';
import {
  asFairleadError,
  exitStatus,
  FairleadError,
  reportedError,
  type ErrorReport,
} from '../../shared/errors.ts';
import type { Connection } from '../socket/connection.ts';
import { frameTypes, maxMessageBytes, type Frame } from '../socket/frames.ts';
import { joinCore } from '../socket/join.ts';
import type { EndpointOpening } from '../socket/opening.ts';
import { createLedger, type LostRequest } from './ledger.ts';
import { createLineReader } from './line-reader.ts';
import { createOutput } from './output.ts';

/** A machine that has just been switched on has much to do; clients wait for a minute. */
const joinTimeoutMs = 30_000;
/** How long after the end of the input the core may take for its last answers; the process ends within 2 s. */
const endingMs = 1_800;
/** A core that ends sooner after we joined it is not replaced before the client needs one. */
const stableMs = 1_000;
/** What is kept of the client's input while there is no core. */
const maxHeldBytes = maxMessageBytes;

type State =
  | { readonly status: 'apart' }
  | { readonly status: 'joining' }
  | { readonly status: 'joined'; readonly connection: Connection; readonly sinceMs: number }
  | { readonly status: 'refused'; readonly error: FairleadError };

export interface EndpointOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
  readonly opening: EndpointOpening;
}

export interface Endpoint {
  /** Resolves with the exit status once the client's input has ended, or the core has refused for good. */
  readonly done: Promise<number>;
  /** As if the client's input had ended. */
  end(): void;
}

export function runEndpoint(options: EndpointOptions): Endpoint {
  const { stdin, stdout, stderr, env, opening } = options;
  const ledger = createLedger();
  const output = createOutput(stdout);
  let state: State = { status: 'apart' };
  let ending = false;
  let stayApart = false;
  let heldBytes = 0;
  let finish: (status: number) => void = () => undefined;
  const done = new Promise<number>((resolve) => {
    finish = resolve;
  });

  const answerAll = (requests: LostRequest[], error: FairleadError) => {
    for (const { id } of requests) output.error(id, error);
  };

  /** With the client's last answers written; a client that does not read them gets no more than `endingMs`. */
  const finishWritten = () => void stdout.write('', () => finish(0));

  const join = async () => {
    if (state.status !== 'apart') return;
    state = { status: 'joining' };
    try {
      const connection = await joinCore({ env, role: 'endpoint', start: true, timeoutMs: joinTimeoutMs });
      state = { status: 'joined', connection, sinceMs: performance.now() };
      enter(connection);
    } catch (thrown) {
      // The next line of the client is the next attempt.
      state = { status: 'apart' };
      const error = asFairleadError(thrown);
      stderr.write(`fairlead: ${error.message} ${error.help ?? ''}\n`);
      answerAll(ledger.loseWaiting(), error);
      release();
      if (ending) finish(exitStatus(error));
    }
  };

  const enter = (connection: Connection) => {
    connection.listen({
      frame: (frame) => {
        receive(connection, frame);
      },
      drained: () => void stdin.resume(),
      closed: leave,
    });
    release();
    connection.sendJson(frameTypes.open, opening);
    for (const [seq, line] of ledger.retained()) connection.send(frameTypes.replay, seq, line);
    for (const [seq, line] of ledger.waiting()) forward(connection, seq, line);
    if (ending) connection.send(frameTypes.end, 0);
  };

  const hold = (line: Buffer) => {
    heldBytes += line.length;
    if (heldBytes > maxHeldBytes) stdin.pause();
  };
  const release = () => {
    if (heldBytes > maxHeldBytes) stdin.resume();
    heldBytes = 0;
  };

  const forward = (connection: Connection, seq: number, line: Buffer) => {
    ledger.sent(seq);
    if (!connection.send(frameTypes.line, seq, line)) stdin.pause();
  };

  const receive = (connection: Connection, frame: Frame) => {
    switch (frame.type) {
      case frameTypes.message:
        ledger.settle(frame.seq);
        if (!output.message(frame.payload)) connection.pause();
        break;
      case frameTypes.settled:
        ledger.settle(frame.seq);
        break;
      case frameTypes.retain:
        ledger.retain(frame.seq);
        break;
      case frameTypes.release:
        ledger.release(frame.seq);
        break;
      case frameTypes.refused:
        refuse(reportedError(JSON.parse(frame.payload.toString()) as ErrorReport));
        break;
      case frameTypes.goodbye:
        stayApart = true;
        break;
    }
  };

  const refuse = (error: FairleadError) => {
    state = { status: 'refused', error };
    stderr.write(`fairlead: ${error.message} ${error.help ?? ''}\n`);
    answerAll([...ledger.loseCore(), ...ledger.loseWaiting()], error);
    // Long enough for a client that writes its `initialize` late to read why.
    setTimeout(() => finish(exitStatus(error)), ending ? 0 : endingMs);
  };

  const leave = () => {
    if (state.status !== 'joined') return;
    const stable = performance.now() - state.sinceMs > stableMs;
    state = { status: 'apart' };
    const lost = new FairleadError('core_lost', "Fairlead's core ended while this call was under way.", {
      help: 'The call may or may not have run. The next one goes to a new core.',
    });
    answerAll(ledger.loseCore(), lost);
    stdin.resume();
    if (ending) finishWritten();
    else if ((stable && !stayApart) || ledger.waiting().length > 0) void join();
    stayApart = false;
  };

  const takeLine = (line: Buffer) => {
    const seq = ledger.add(line);
    if (state.status === 'joined') forward(state.connection, seq, line);
    else if (state.status === 'refused') answerAll(ledger.loseWaiting(), state.error);
    else {
      hold(line);
      void join();
    }
  };

  const end = () => {
    if (ending) return;
    ending = true;
    stdin.pause();
    reader.end();
    setTimeout(() => finish(0), endingMs);
    if (state.status === 'joined') state.connection.send(frameTypes.end, 0);
    else if (state.status === 'refused') finish(exitStatus(state.error));
    else if (state.status === 'apart') finish(0);
  };

  const reader = createLineReader(maxMessageBytes, takeLine, () => {
    output.error(
      'null',
      new FairleadError(
        'message_too_large',
        `A message of more than ${maxMessageBytes >> 20} MiB was not sent.`,
      ),
    );
  });

  stdin.on('data', (chunk: Buffer) => {
    reader.push(chunk);
  });
  stdin.on('end', end);
  stdin.on('error', end);
  stdout.on('error', end);
  stdout.on('drain', () => {
    if (state.status === 'joined') state.connection.resume();
  });
  void join();
  return { done, end };
}
