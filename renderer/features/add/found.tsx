/** What probing found, before anything is saved. */
import { CircleAlert, CircleCheck, KeyRound, Search } from 'lucide-react';
import type { Tone } from '../../../shared/condition.ts';
import type { ProbeReport } from '../../../shared/container.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { plain } from '../../ui/plain.ts';
import { toneText, toneWash } from '../../ui/tone.ts';
import { durationText } from '../../ui/words.ts';
import type { Probe } from './use-probe.ts';

const outcomes: Readonly<
  Record<ProbeReport['outcome'], { tone: Tone; title: string; icon: typeof CircleCheck }>
> = {
  mcp: { tone: 'good', title: 'An MCP server, open to you', icon: CircleCheck },
  auth_required: { tone: 'busy', title: 'A server that asks who you are', icon: KeyRound },
  not_mcp: { tone: 'warn', title: 'No MCP server answers there', icon: CircleAlert },
  unreachable: { tone: 'bad', title: 'It cannot be reached', icon: CircleAlert },
};

const challenges = {
  oauth: 'You sign in, in your browser',
  bearer: 'A key, or a sign-in',
  other: 'A key of its own kind',
} as const;

/** Of the same height from the start, so that nothing below it moves. */
export function Found({ probe, onAgain }: { probe: Probe; onAgain: () => void }) {
  if (probe.status === 'failed') return <Failed error={probe.error} onRetry={onAgain} />;
  if (probe.status !== 'found') {
    return (
      <div
        role="status"
        className="flex min-h-[7.25rem] items-center justify-center gap-2 rounded-md bg-sunk px-4 text-faint"
      >
        {probe.status === 'probing' ? (
          <>
            <span aria-hidden className="size-2 animate-breathe rounded-full bg-accent" />
            Looking at it…
          </>
        ) : (
          <>
            <Search aria-hidden className="size-4" />
            Fairlead looks at the address while you type. Nothing is saved yet.
          </>
        )}
      </div>
    );
  }
  const { report } = probe;
  const { tone, title, icon: Icon } = outcomes[report.outcome];
  return (
    <div
      role="status"
      className={`flex min-h-[7.25rem] flex-col gap-2 rounded-md px-4 py-3 ${toneWash[tone]}`}
    >
      <div className="flex items-center gap-2">
        <Icon aria-hidden className={`size-4 shrink-0 ${toneText[tone]}`} />
        <p className="flex-1 font-medium">{title}</p>
        <Button kind="quiet" onClick={onAgain} className="-my-1 -mr-2">
          Look again
        </Button>
      </div>
      {report.outcome === 'mcp' || report.outcome === 'auth_required' ? (
        <Findings report={report} />
      ) : (
        <p className="selectable text-soft wrap-anywhere">{plain(report.summary)}</p>
      )}
    </div>
  );
}

function Findings({ report }: { report: ProbeReport }) {
  const { transport, protocolVersion, server, challenge, outcome, elapsedMs } = report;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Server', server && `${server.name} ${server.version}`],
    ['Transport', transport && { http: 'Streamable HTTP', sse: 'HTTP + SSE (the older one)' }[transport]],
    ['Protocol', protocolVersion && `MCP ${protocolVersion}`],
    ['Entry', outcome === 'mcp' ? 'No sign-in' : challenge ? challenges[challenge] : 'A key or a sign-in'],
    ['Answered in', durationText(elapsedMs)],
  ];
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 sm:grid-cols-[auto_minmax(0,1fr)_auto_minmax(0,1fr)]">
      {facts.flatMap(([label, text]) =>
        text === undefined || text === ''
          ? []
          : [
              <dt key={label} className="text-soft">
                {label}
              </dt>,
              <dd key={`${label} is`} className="selectable flex min-w-0">
                <Foreign text={text} />
              </dd>,
            ],
      )}
    </dl>
  );
}
