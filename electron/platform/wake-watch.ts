/** Beside the path: where one hosted container stands, for whoever has calls for it, and the way to start it. */
import type { Container } from '../../shared/container.ts';
import type { ContainerStatus } from '../../shared/platform-api.ts';
import type { PlatformClient } from './client.ts';
import { statusOf, type LiveContainers } from './live-containers.ts';

/** Where a hosted container stands, as the platform said last. */
export interface WakeWatch {
  /** undefined: not known now, so the call is sent and the gateway wakes the container. */
  readonly status: ContainerStatus | undefined;
  /** Returns the function that ends it. */
  onChange(listener: () => void): () => void;
  /** Asks the platform to start it. Rejects with a FairleadError. */
  start(signal: AbortSignal): Promise<void>;
}

/** @returns undefined for what the platform does not host */
export function wakeWatchOf(
  { platform }: Pick<Container, 'platform'>,
  { live, client }: { live: LiveContainers; client: Pick<PlatformClient, 'start'> },
): WakeWatch | undefined {
  if (platform?.type !== 'hosted') return undefined;
  const { id } = platform;
  return {
    get status() {
      return statusOf(live, id);
    },
    onChange: (listener) => live.onChange(listener),
    async start(signal) {
      const issuer = live.current?.issuer;
      // Its account is gone, and so will be whoever watches.
      if (issuer === undefined) return;
      await client.start(issuer, id, signal);
      live.hurry();
    },
  };
}
