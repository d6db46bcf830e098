/** A hosted container that sleeps, as a scripted server, and what its platform says of it: both as the test decides. */
import { onTestFinished } from 'vitest';
import { coverWake } from '../../electron/session/wake-cover.ts';
import { createWakeGate, type WakeWatch } from '../../electron/session/wake-gate.ts';
import type { ContainerStatus } from '../../shared/platform-api.ts';
import { startScriptedServer, type Script, type ScriptedServer } from './scripted-server.ts';
import { openSessionClient, type SessionClient } from './session-client.ts';

export interface SleepingContainer {
  readonly server: ScriptedServer;
  /** How often the platform was asked to start it. */
  readonly starts: () => number;
  /** The platform says so. */
  becomes(status: ContainerStatus | undefined): void;
  client(timeoutMs?: number): SessionClient;
  /** One that has begun while the container ran, which sleeps now. */
  begun(timeoutMs?: number): Promise<SessionClient>;
}

export async function openSleepingContainer(
  script: Script,
  options: { limitMs?: number; start?: () => Promise<void> } = {},
): Promise<SleepingContainer> {
  const { limitMs, start = () => Promise.resolve() } = options;
  const server = await startScriptedServer(script);
  onTestFinished(() => server.close());
  const listeners = new Set<() => void>();
  let starts = 0;
  let status: ContainerStatus | undefined = 'sleeping';
  const watch: WakeWatch = {
    get status() {
      return status;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      starts += 1;
      return start();
    },
  };
  const gate = createWakeGate({ watch, name: 'notes', ...(limitMs !== undefined && { limitMs }) });
  const becomes = (next: ContainerStatus | undefined) => {
    status = next;
    for (const listener of [...listeners]) listener();
  };
  const client = (timeoutMs = 20_000) =>
    openSessionClient(server.url, {
      timeoutMs,
      transport: 'auto',
      through: (upstream) => coverWake({ upstream, gate, name: 'notes' }),
    });
  return {
    server,
    starts: () => starts,
    becomes,
    client,
    async begun(timeoutMs) {
      becomes('running');
      const one = client(timeoutMs);
      await one.greet();
      becomes('sleeping');
      return one;
    },
  };
}
