/** The MCP clients of this machine, as their configs are now. */
import type { FoundClient } from '../../../shared/desktop.ts';
import { useAnswer, useBridge, type Answer } from '../../app/context.ts';

export function useClients(): Answer<FoundClient[]> {
  const bridge = useBridge();
  return useAnswer('clients', () => bridge.desktop['clients.list']({}));
}

/** Whether a client's config names the container. */
export function names(client: FoundClient, container: string): boolean {
  return client.entries.some((entry) => entry.container === container);
}

const takingUp: Readonly<Record<FoundClient['takesUp'], (title: string) => string>> = {
  itself: (title) => `${title} takes it up by itself.`,
  session: (title) => `${title} takes it up with its next session.`,
  restart: (title) => `Restart ${title} to apply it.`,
};

/** When a change of its config takes effect. */
export function takingUpText({ title, takesUp }: Pick<FoundClient, 'title' | 'takesUp'>): string {
  return takingUp[takesUp](title);
}
