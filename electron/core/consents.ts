/** Requests of programs that wait until the person has said whether those may use a container. */
import type { Container } from '../../shared/container.ts';
import type { consentFor, PendingConsent } from '../../shared/policy.ts';
import { consentMissing } from '../session/refusals.ts';
import type { Program } from '../socket/peer-program.ts';

/** Clients give up what takes longer; whoever asks again waits again. */
const defaultPersonMs = 45_000;

interface WaitTerms {
  readonly container: Container;
  readonly program: Program;
  /** As it is now. */
  readonly consent: () => ReturnType<typeof consentFor>;
  readonly signal: AbortSignal;
}

export interface Consents {
  /** Resolves once it is given. Throws consent_denied, consent_needed when they take too long, or the signal's reason. */
  wait(terms: WaitTerms): Promise<void>;
  /** One for each program and container, however many requests wait. */
  pending(): readonly PendingConsent[];
}

/**
 * @param deps.tell that others wait now than before
 * @param deps.asked that a program waits which has not since it was last decided about
 */
export function createConsents(deps: {
  onChange: (listener: () => void) => () => void;
  tell: () => void;
  asked: (container: Container, program: Program) => void;
  /** How long a request waits for the person; default 45 s. */
  personMs?: number | undefined;
}): Consents {
  const { onChange, tell, asked, personMs = defaultPersonMs } = deps;
  const waiting = new Set<PendingConsent>();
  /** Those that nobody has answered: whoever asks once a minute asks for the same. */
  const open = new Set<string>();

  return {
    wait: ({ container, program, consent, signal }) =>
      new Promise((resolve, reject) => {
        const { name } = container;
        const one = {
          container: name,
          program: program.name,
          ...(program.path !== undefined && { path: program.path }),
        };
        const key = keyOf(one);
        const end = (settle: () => void) => {
          stop();
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          settle();
          if (waiting.delete(one)) tell();
        };
        const refuse = (denied: boolean) =>
          end(() => reject(consentMissing({ name, program: program.name, denied })));
        const onAbort = () => end(() => reject(signal.reason as Error));
        const look = () => {
          const said = consent();
          if (said !== 'waiting') open.delete(key);
          if (said === 'given') end(resolve);
          else if (said === 'denied') refuse(true);
        };
        const stop = onChange(look);
        const timer = setTimeout(() => refuse(false), personMs);
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
        else if (consent() === 'waiting') {
          waiting.add(one);
          if (!open.has(key)) asked(container, program);
          open.add(key);
          tell();
        } else look();
      }),
    pending: () => [...new Map([...waiting].map((one) => [keyOf(one), one])).values()],
  };
}

function keyOf({ container, program, path }: PendingConsent): string {
  return JSON.stringify([container, program, path]);
}
