/** What the doctor says of a container: asked once for all that shows it. */
import { useEffect, useRef } from 'react';
import type { Layer } from '../../../shared/control.ts';
import type { ContainerStatus } from '../../../shared/status.ts';
import { isAsleep } from './asleep.tsx';
import { useAnswer, useBridge, useCell, useStore, type Answer } from '../../app/context.ts';

/** Looking through the list is not to ask every container that is passed, nor the same one all the time. */
const how = { freshMs: 60_000, delayMs: 250 };

/** A client that fails over and over is not to have its container examined each time. */
const apartMs = 5_000;

export interface Doctor extends Answer<Layer[]> {
  /** What is known already while it is at work. */
  readonly soFar: readonly Layer[];
}

export function useDoctor(status: ContainerStatus): Doctor {
  const bridge = useBridge();
  const examination = useCell(useStore().examination);
  const { container, credential, platform = '' } = status;
  const asleep = isAsleep(status);
  const { name } = container;
  const answer = useAnswer(`doctor ${name}`, () => bridge.core.doctor({ name }), {
    ...how,
    // Not what its own look at the container changes: it would never come to an end.
    again: `${container.url} ${credential} ${platform}`,
    waits: asleep,
  });
  const { value, pending, reload } = answer;
  const isWell = !pending && value?.every(({ outcome }) => outcome !== 'failed');
  const isOutdated = !asleep && isWell === true && status.state === 'failed';
  const asked = useRef(-apartMs);
  useEffect(() => {
    if (!isOutdated) return undefined;
    const askAgain = () => {
      asked.current = performance.now();
      reload();
    };
    const timer = setTimeout(askAgain, asked.current + apartMs - performance.now());
    return () => clearTimeout(timer);
  }, [isOutdated, reload]);
  return { ...answer, soFar: pending && examination?.name === name ? examination.layers : [] };
}

/** The doctor's names for where a call passes, as people would say them. */
export const layerNames: Readonly<Record<Layer['layer'], string>> = {
  keychain: 'Keychain',
  core: 'Core',
  dns: 'Name',
  tcp: 'Connection',
  proxy: 'Proxy',
  tls: 'Encryption',
  discovery: 'Sign-in service',
  token: 'Your sign-in',
  mcp: 'MCP server',
};
