/** What is said while the core is not there, and while it is told to do nothing. */
import type { DesktopState } from '../../shared/desktop.ts';
import { ownHelp } from '../../shared/own-help.ts';
import { Button } from '../ui/button.tsx';
import { Dot } from '../ui/dot.tsx';
import { Notice } from '../ui/notice.tsx';
import { UnseenHeading } from '../ui/page.tsx';
import { timeText } from '../ui/words.ts';
import { useBridge, useCommand, useDesktop, useSnapshot } from './context.ts';
import { Mark } from './mark.tsx';
import { usePause } from './use-pause.ts';

/** Nothing is known yet, so there is nothing else to show. */
export function CoreMissing({ desktop }: { desktop: DesktopState }) {
  const { core } = desktop;
  return (
    <main className="grid h-dvh place-items-center bg-page p-6">
      <div className="flex w-full max-w-sm flex-col items-center gap-4 text-center">
        <Mark className="size-12 text-accent" />
        {core.status === 'failed' ? (
          <>
            <div>
              <h1 className="text-md font-semibold">Fairlead’s core does not start</h1>
              {/* The core's own last words, where it had any: the message says no more than the heading. */}
              <p className="selectable mt-1 text-pretty text-soft wrap-anywhere">
                {(core.problem.help ?? core.problem.message).replaceAll('`', '')}
              </p>
            </div>
            <Restart />
          </>
        ) : (
          <>
            <UnseenHeading>Fairlead</UnseenHeading>
            <p role="status" className="flex items-center gap-2 text-soft">
              <Dot tone="busy" />
              {core.status === 'lost' ? 'Fairlead’s core is restarting…' : 'Fairlead is starting…'}
            </p>
          </>
        )}
      </div>
    </main>
  );
}

/** What is shown is as it was last. */
export function CoreBanner() {
  const desktop = useDesktop();
  const paused = useSnapshot()?.paused;
  const { turn, pending } = usePause();
  if (desktop?.core.status === 'failed') {
    const { message, help } = desktop.core.problem;
    return (
      <Notice
        tone="bad"
        title="Fairlead’s core is not running"
        action={<Restart />}
        className="rounded-none border-b border-line px-5"
      >
        {message} {ownHelp(help)} What you see here is as it was last.
      </Notice>
    );
  }
  if (desktop?.core.status === 'lost' || desktop?.core.status === 'starting') {
    return (
      <Notice
        tone="busy"
        title="Fairlead’s core is restarting"
        className="rounded-none border-b border-line px-5"
      >
        Clients wait meanwhile, and go on by themselves.
      </Notice>
    );
  }
  if (paused === undefined) return null;
  return (
    <Notice
      tone="warn"
      title="All traffic is paused"
      className="rounded-none border-b border-line px-5"
      action={
        <Button kind="primary" pending={pending && 'Resuming…'} onClick={() => turn('resume')}>
          Resume
        </Button>
      }
    >
      Clients are told so since {timeText(paused.since)}.
      {paused.until !== undefined && ` It goes on by itself at ${timeText(paused.until)}.`}
    </Notice>
  );
}

function Restart() {
  const bridge = useBridge();
  const restart = useCommand(() => bridge.desktop['core.restart']({}));
  return (
    <Button
      kind="primary"
      pending={restart.pending && 'Starting…'}
      onClick={() => void restart.run(undefined)}
    >
      Start it again
    </Button>
  );
}
