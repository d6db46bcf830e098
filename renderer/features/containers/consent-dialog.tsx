/** A program wants to use a container for the first time, and waits until the person has said whether it may. */
import type { PendingConsent } from '../../../shared/policy.ts';
import { useBridge, useCommand, useSnapshot } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Foreign } from '../../ui/foreign.tsx';

interface ConsentProps {
  readonly container: string;
  readonly program: string;
  readonly onClose: () => void;
  /** It is decided, and another one waits. */
  readonly onNext: (waiting: PendingConsent) => void;
}

export function ConsentDialog({ container, program, onClose, onNext }: ConsentProps) {
  const bridge = useBridge();
  const decide = useCommand(bridge.core['consent.decide']);
  const pending = useSnapshot()?.pendingConsents ?? [];
  const isThis = (each: PendingConsent) => each.container === container && each.program === program;
  const waiting = pending.filter(isThis);
  const paths = waiting.flatMap(({ path }) => path ?? []);
  const say = async (allowed: boolean) => {
    if ((await decide.run({ name: container, program, allowed })) === undefined) return;
    const next = pending.find((each) => !isThis(each));
    if (next === undefined) onClose();
    else onNext(next);
  };
  return (
    <Dialog
      title={
        <>
          Let <Foreign text={program} wraps /> use {container}?
        </>
      }
      about={
        waiting.length > 0
          ? 'It waits for your answer. You can change it any time, under Security.'
          : 'It has given up waiting, and asks again with its next call. Your answer counts then.'
      }
      onClose={onClose}
      actions={
        <>
          <Button disabled={decide.pending} onClick={() => void say(false)}>
            Don’t allow
          </Button>
          <Button kind="primary" pending={decide.pending && 'Telling it…'} onClick={() => void say(true)}>
            Allow
          </Button>
        </>
      }
    >
      {paths.map((path) => (
        <p
          key={path}
          className="selectable rounded-md bg-sunk px-2.5 py-1.5 font-mono text-2xs text-soft wrap-anywhere"
        >
          <Foreign text={path} wraps />
        </p>
      ))}
      {paths.length === 0 && <p className="text-soft">Where the program lies could not be seen.</p>}
      {decide.error !== undefined && <Failed error={decide.error} className="mt-3" />}
    </Dialog>
  );
}
