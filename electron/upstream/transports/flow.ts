/** Back-pressure: stops and restarts every body that one client's conversation is reading. */
import type { HttpResponse } from '../../credentials/exchange.ts';

export interface Flow {
  /** @returns takes the response out again */
  add(response: HttpResponse): () => void;
  pause(): void;
  resume(): void;
}

export function createFlow(): Flow {
  const reading = new Set<HttpResponse>();
  let paused = false;
  return {
    add(response) {
      reading.add(response);
      if (paused) response.pause();
      return () => void reading.delete(response);
    },
    pause() {
      paused = true;
      for (const response of reading) response.pause();
    },
    resume() {
      paused = false;
      for (const response of reading) response.resume();
    },
  };
}
