/** The way that a call goes, layer by layer: what works, how long it takes, and what to do about the rest. */
import { Check, Minus, RefreshCw, X, type LucideIcon } from 'lucide-react';
import type { Layer } from '../../../shared/control.ts';
import { ownHelp } from '../../../shared/own-help.ts';
import type { ContainerStatus } from '../../../shared/status.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { plain } from '../../ui/plain.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { durationText, typical } from '../../ui/words.ts';
import { Asleep } from './asleep.tsx';
import { layerNames, useDoctor } from './use-doctor.ts';

export function Health({ status }: { status: ContainerStatus }) {
  const doctor = useDoctor(status);
  const { value, error, pending } = doctor;
  const waits = value === undefined && error === undefined && !pending;
  return (
    <div className="flex flex-col gap-5">
      <Figures status={status} />
      {waits ? (
        <Asleep what="Whether it works is seen once it runs." onWake={doctor.reload} />
      ) : (
        <section aria-label="What the doctor found">
          <header className="flex items-center justify-between gap-3 pb-1">
            <Verdict layers={value} />
            <Button
              kind="quiet"
              icon={RefreshCw}
              pending={pending && 'Checking…'}
              onClick={doctor.reload}
              className="-mr-2"
            >
              Check again
            </Button>
          </header>
          {error !== undefined && (
            <Failed error={error} title="It could not be examined" onRetry={doctor.reload} />
          )}
          {value === undefined && error === undefined && <Pending soFar={doctor.soFar} />}
          {value !== undefined && (
            <ol aria-busy={pending} className="-mx-2 divide-y divide-line border-y border-line">
              {value.map((layer) => (
                <LayerRow key={layer.layer} layer={layer} />
              ))}
            </ol>
          )}
        </section>
      )}
    </div>
  );
}

function Figures({ status: { latenciesMs, calls, sessions } }: { status: ContainerStatus }) {
  const middle = typical(latenciesMs);
  return (
    <dl className="grid grid-cols-[auto_auto_auto_minmax(0,1fr)] items-end gap-x-8">
      <Figure label="Typical call" value={middle === undefined ? '–' : durationText(middle)} />
      <Figure label="Calls" value={String(calls)} />
      <Figure label="Clients now" value={String(sessions)} />
      <Sparkline
        values={latenciesMs}
        width={200}
        height={36}
        className="h-9 w-full max-w-48 justify-self-end text-accent"
      />
    </dl>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="text-md font-medium tabular">{value}</dd>
    </div>
  );
}

const marks: Readonly<Record<Layer['outcome'], { icon: LucideIcon; look: string; word: string }>> = {
  ok: { icon: Check, look: 'text-good', word: 'works' },
  failed: { icon: X, look: 'text-bad', word: 'fails' },
  skipped: { icon: Minus, look: 'text-faint', word: 'not looked at' },
};

/** What all of it comes to: what fails may be far down. */
function Verdict({ layers }: { layers: readonly Layer[] | undefined }) {
  const broken = layers?.find(({ outcome }) => outcome === 'failed');
  const words =
    broken !== undefined
      ? `Stops at: ${layerNames[broken.layer]}`
      : layers === undefined
        ? 'From here to the container'
        : 'All is well from here to the container';
  return (
    <div role="status">
      <h3 className={broken === undefined ? 'font-semibold' : 'font-semibold text-bad'}>{words}</h3>
    </div>
  );
}

const rowLooks: Readonly<Record<Layer['outcome'], string>> = {
  ok: 'py-1.5',
  failed: 'bg-bad-wash py-2',
  skipped: 'py-1 text-xs text-faint',
};

function LayerRow({ layer: { layer, outcome, durationMs, detail, help } }: { layer: Layer }) {
  const { icon: Icon, look, word } = marks[outcome];
  const way = outcome === 'failed' ? ownHelp(help) : undefined;
  const skipped = outcome === 'skipped';
  return (
    <li
      className={`grid grid-cols-[1rem_6.5rem_minmax(0,1fr)_auto] items-baseline gap-x-2.5 px-2 ${rowLooks[outcome]}`}
    >
      <Icon aria-hidden strokeWidth={2.25} className={`size-3.5 translate-y-0.5 self-start ${look}`} />
      <span className={skipped ? '' : 'font-medium'}>
        {layerNames[layer]} <span className="sr-only">{word}</span>
      </span>
      <span
        dir="auto"
        className={`selectable text-pretty wrap-anywhere ${skipped ? 'col-span-2' : 'text-soft'} ${outcome === 'ok' ? 'text-xs' : ''}`}
      >
        <Dated text={plain(detail)} />
        {way !== undefined && <span className="block text-text">{way}</span>}
      </span>
      {!skipped && <span className="text-xs text-faint tabular">{durationText(durationMs)}</span>}
    </li>
  );
}

/** A protocol's version is a date, which is no place to break a line at. */
function Dated({ text }: { text: string }) {
  return text.split(/(\d{4}-\d{2}-\d{2})/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <span key={index} className="whitespace-nowrap">
        {part}
      </span>
    ),
  );
}

/** The same rows, so that little moves when the answers come, one after the other. */
function Pending({ soFar }: { soFar: readonly Layer[] }) {
  const waiting = Object.entries(layerNames).filter(([name]) => !soFar.some(({ layer }) => layer === name));
  return (
    <ol aria-busy aria-label="Being checked" className="-mx-2 divide-y divide-line border-y border-line">
      {soFar.map((layer) => (
        <LayerRow key={layer.layer} layer={layer} />
      ))}
      {waiting.map(([layer, name]) => (
        <li key={layer} className="flex h-9 items-center gap-2.5 px-2 text-faint">
          <span aria-hidden className="mx-1 size-1.5 animate-breathe rounded-full bg-quiet-dot" />
          {name}
        </li>
      ))}
    </ol>
  );
}
