/** A sign-in from its start to its end: in the browser, or with a code that is entered there. */
import { useEffect, useRef } from 'react';
import type { ErrorReport } from '../../../shared/errors.ts';
import { useBridge, useCommand, useSnapshot, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { failure } from '../../app/prompt.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../app/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Waiting } from '../../ui/empty.tsx';
import { hostOf } from '../../ui/words.ts';

interface SignInProps {
  /** Absent: to the platform. */
  readonly container?: string;
  readonly fresh?: boolean;
  readonly issuer?: string;
  readonly onClose: () => void;
}

export function SignInDialog({ container, fresh = false, issuer, onClose }: SignInProps) {
  const bridge = useBridge();
  const toast = useToast();
  const to = container ?? 'your account';
  const ask = (): Promise<{ ok: true; output: unknown } | { ok: false; error: ErrorReport }> =>
    container === undefined
      ? bridge.core['platform.login']({ fresh, ...(issuer !== undefined && { issuer }) })
      : bridge.core.auth({ name: container, fresh });
  const signIn = useCommand(ask);
  const begun = useRef(false);
  const begin = async () => {
    if ((await signIn.run(undefined)) === undefined) return;
    onClose();
    toast({ tone: 'good', words: `Signed in to ${to}.` });
  };
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void begin();
  });
  const waiting = useWaiting(container);
  const open = async () => {
    const answer = await bridge.desktop['signIn.open'](
      container === undefined ? { account: true } : { container },
    );
    if (!answer.ok) toast(failure(answer.error));
  };
  const title = container === undefined ? 'Sign in to your account' : <bdi>Sign in to {container}</bdi>;
  const actions = (
    <>
      <Button onClick={onClose}>{signIn.error === undefined ? 'Hide' : 'Close'}</Button>
      {signIn.error !== undefined ? (
        <Button kind="primary" onClick={() => void begin()}>
          Try again
        </Button>
      ) : (
        <Button kind="primary" disabled={waiting?.url === undefined} onClick={() => void open()}>
          {waiting?.userCode === undefined ? 'Open browser again' : 'Open the page'}
        </Button>
      )}
    </>
  );
  return (
    <Dialog
      title={title}
      about="It happens in your browser; Fairlead never sees your password."
      onClose={onClose}
      actions={actions}
    >
      {signIn.error !== undefined ? (
        <Failed error={signIn.error} />
      ) : waiting?.userCode !== undefined ? (
        <DeviceCode code={waiting.userCode} url={waiting.url} />
      ) : (
        <Waiting>
          {waiting?.url === undefined
            ? 'Asking where to sign in…'
            : `Waiting for you in the browser, at ${hostOf(waiting.url)}…`}
        </Waiting>
      )}
    </Dialog>
  );
}

function DeviceCode({ code, url }: { code: string; url: string | undefined }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-soft">
        Open the page{url !== undefined && <> at {hostOf(url)}</>} and enter this code:
      </p>
      <div className="flex items-center gap-2 rounded-md bg-sunk py-3 pr-3 pl-4 ring-1 ring-inset ring-line">
        <output
          aria-label="Code"
          className="selectable flex-1 font-mono text-xl font-medium tracking-widest wrap-anywhere"
        >
          {code}
        </output>
        <CopyButton text={code} label="Copy code" />
      </div>
      <Waiting>Waiting until it is entered…</Waiting>
    </div>
  );
}

function useWaiting(
  container: string | undefined,
): { url?: string | undefined; userCode?: string | undefined } | undefined {
  const snapshot = useSnapshot();
  if (container === undefined) return snapshot?.account?.signIn;
  return snapshot?.pendingSignIns.find((each) => each.container === container);
}
