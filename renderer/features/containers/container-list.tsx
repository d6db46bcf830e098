import { conditionOf } from '../../../shared/condition.ts';
/** All containers, each with its state, where it is, how it is entered, and how quick it has been. */
import type { ContainerStatus, Snapshot } from '../../../shared/status.ts';
import { useGo } from '../../app/context.ts';
import { entryText, kindText } from '../../app/describe.ts';
import { moveByArrows } from '../../ui/arrow-keys.ts';
import { Dot } from '../../ui/dot.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { durationText, hostOf, typical } from '../../ui/words.ts';

interface ContainerListProps {
  readonly snapshot: Snapshot;
  readonly chosen: string | undefined;
}

export function ContainerList({ snapshot, chosen }: ContainerListProps) {
  return (
    <ul className="min-h-0 flex-1 overflow-y-auto px-2 pb-2" onKeyDown={(event) => moveByArrows(event, true)}>
      {snapshot.containers.map((status) => (
        <Row
          key={status.container.name}
          status={status}
          snapshot={snapshot}
          chosen={status.container.name === chosen}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly status: ContainerStatus;
  readonly snapshot: Snapshot;
  readonly chosen: boolean;
}

function Row({ status, snapshot, chosen }: RowProps) {
  const go = useGo();
  const { container, latenciesMs } = status;
  const { tone, words } = conditionOf(status, snapshot);
  const middle = typical(latenciesMs);
  return (
    <li>
      <button
        type="button"
        data-row
        aria-current={chosen ? 'true' : undefined}
        onClick={() => go({ place: 'containers', container: container.name })}
        className="grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2.5 rounded-md px-2.5 py-2 text-left hover:bg-hover aria-[current]:bg-picked"
      >
        <Dot tone={tone} />
        <Foreign text={container.name} className="font-medium" />
        <span className="text-right text-2xs text-faint">{kindText(container)}</span>
        <span
          className={`col-start-2 truncate text-xs ${tone === 'warn' ? 'text-warn' : tone === 'bad' ? 'text-bad' : 'text-soft'}`}
        >
          {words}
        </span>
        <span className="flex items-center justify-end gap-1.5 text-faint">
          <Sparkline values={latenciesMs} width={40} height={14} className="h-3.5 w-10" />
          {middle !== undefined && (
            <span className="text-2xs tabular">
              <span className="sr-only">typically </span>
              {durationText(middle)}
            </span>
          )}
        </span>
        <span className="col-span-2 col-start-2 truncate text-2xs text-faint">
          <bdi>{hostOf(container.url)}</bdi> · {entryText(container)}
        </span>
      </button>
    </li>
  );
}
