/** One request: who asked, how it ended, and where its time went. */
import type { Activity } from '../../../shared/status.ts';
import { Foreign } from '../../ui/foreign.tsx';
import { toneText } from '../../ui/tone.ts';
import { bytesText, durationText, momentText } from '../../ui/words.ts';
import { timingOf, type Timing } from './activity-filter.ts';
import { askerOf, outcomeOf } from './outcome.ts';

const parts: Readonly<Record<Timing['part'], { label: string; look: string }>> = {
  queue: { label: 'Queue', look: 'bg-quiet-dot' },
  connect: { label: 'Connect', look: 'bg-warn-dot' },
  wait: { label: 'Wait', look: 'bg-accent' },
  stream: { label: 'Stream', look: 'bg-good-dot' },
};

export function ActivityDetail({ row }: { row: Activity }) {
  const { tone, words } = outcomeOf(row);
  return (
    <div className="flex max-h-64 flex-col gap-3 overflow-y-auto px-4 py-3">
      <div className="flex flex-wrap items-baseline gap-x-3 pr-8">
        <Foreign text={row.tool ?? row.method} className="font-semibold" />
        <span className={toneText[tone]}>
          {words}
          {row.error !== undefined && ` · ${row.error}`}
        </span>
      </div>
      <TimingBar row={row} />
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-x-6 gap-y-2">
        <Fact label="Client" text={askerOf(row)} />
        <Fact
          label="Container"
          text={row.account === undefined ? row.container : `${row.container} (${row.account})`}
        />
        <Fact label="Method" text={row.method} />
        <Fact label="When" text={momentText(row.at)} />
        <Fact label="Sent" text={bytesText(row.bytesOut)} />
        <Fact label="Received" text={row.bytesIn === undefined ? '…' : bytesText(row.bytesIn)} />
      </dl>
    </div>
  );
}

function Fact({ label, text }: { label: string; text: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-2xs text-faint">{label}</dt>
      <dd className="selectable flex tabular">
        <Foreign text={text} />
      </dd>
    </div>
  );
}

function TimingBar({ row }: { row: Activity }) {
  const timing = timingOf(row);
  if (timing.length === 0) return <p className="text-soft">Still under way.</p>;
  return (
    <div className="flex flex-col gap-1.5">
      <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full">
        {timing.map(({ part, ms }) => (
          <span
            key={part}
            className={`min-w-1 ${parts[part].look}`}
            style={{ flexGrow: Math.max(ms, 0.01) }}
          />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-5 text-xs text-soft">
        {timing.map(({ part, ms }) => (
          <li key={part} className="flex items-center gap-1.5 tabular">
            <span aria-hidden className={`size-2 rounded-full ${parts[part].look}`} />
            {parts[part].label} {durationText(ms)}
          </li>
        ))}
        <li className="ml-auto font-medium text-text tabular">{durationText(row.durationMs ?? 0)}</li>
      </ul>
    </div>
  );
}
