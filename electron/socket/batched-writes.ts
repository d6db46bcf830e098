/** Gathers what one turn of the event loop writes to a stream into one system call. */
import type { Writable } from 'node:stream';

/** @returns to be called before each write; what follows leaves together when the turn ends */
export function batchedWrites(stream: Writable): () => void {
  let gathering = false;
  const flush = () => {
    gathering = false;
    stream.uncork();
  };
  return () => {
    if (gathering) return;
    gathering = true;
    stream.cork();
    setImmediate(flush);
  };
}
