/** From what is the matter to what mends it: the words on the button, and what it does. */
import { useBridge, useGo, usePrompt, useStore, useToast } from './context.ts';
import type { Mend } from './mend.ts';
import { failure } from './prompt.ts';

export const mendText: Readonly<Record<Mend, string>> = {
  'sign-in': 'Sign in…',
  continue: 'Continue…',
  key: 'Enter key…',
  pin: 'Review…',
  tools: 'Review…',
  consent: 'Decide…',
  start: 'Start',
  health: 'Find out why',
};

export function useMend(): (container: string, mend: Mend) => void {
  const bridge = useBridge();
  const { snapshot } = useStore();
  const go = useGo();
  const prompt = usePrompt();
  const toast = useToast();
  return (container, mend) => {
    switch (mend) {
      case 'sign-in':
      case 'continue': {
        const status = snapshot.read()?.containers.find(({ container: { name } }) => name === container);
        if (status?.container.auth.method !== 'platform_token') prompt({ kind: 'sign-in', container });
        else if (snapshot.read()?.account === undefined) go({ place: 'accounts' });
        else prompt({ kind: 'sign-in' });
        return;
      }
      case 'key':
      case 'pin':
        prompt({ kind: mend, container });
        return;
      case 'consent': {
        const waiting = snapshot.read()?.pendingConsents.find((each) => each.container === container);
        if (waiting !== undefined) prompt({ kind: 'consent', container, program: waiting.program });
        return;
      }
      case 'tools':
      case 'health':
        go({ place: 'containers', container, tab: mend });
        return;
      case 'start':
        void bridge.core['platform.start']({ name: container }).then((answer) => {
          if (!answer.ok) toast(failure(answer.error));
        });
    }
  };
}
