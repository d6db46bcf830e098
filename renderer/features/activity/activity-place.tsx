/** What programs ask of containers, live. Never what a request carried. */
import { Activity as Icon, Download, Pause, Play, Search, X } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Activity } from '../../../shared/status.ts';
import { useBridge, useCell, useSnapshot, useStore, useToast } from '../../app/context.ts';
import { failure } from '../../app/prompt.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Choice, inputLook } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { isSame, noFilter, rowsOf, type ActivityFilter } from './activity-filter.ts';
import { ActivityDetail } from './activity-detail.tsx';
import { ActivityTable } from './activity-table.tsx';

export function ActivityPlace() {
  const { activity } = useStore();
  const revision = useCell(activity.revision);
  const [filter, setFilter] = useState(noFilter);
  const [chosen, setChosen] = useState<Activity>();
  /** Rows as they were when the person stopped the table. */
  const [stopped, setStopped] = useState<readonly Activity[]>();
  const wanted = useDeferredValue(filter);
  const source = stopped ?? activity.rows;
  // The rows are changed in place, which only the revision tells.
  const at = stopped === undefined ? revision : undefined;
  const { rows } = useMemo(() => ({ rows: rowsOf(source, wanted), at }), [source, wanted, at]);
  const current = chosen && (activity.rows.findLast((row) => isSame(row, chosen)) ?? chosen);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line py-2 pr-3 pl-4">
        <h1 className="mr-2 text-md font-semibold">Activity</h1>
        <Filters filter={filter} onChange={setFilter} />
        <div className="ml-auto flex items-center gap-1">
          <IconButton
            icon={stopped === undefined ? Pause : Play}
            label={stopped === undefined ? 'Stop the table' : 'Let the table go on'}
            onClick={() => setStopped(stopped === undefined ? [...activity.rows] : undefined)}
          />
          <Export container={filter.container} />
        </div>
      </header>
      {rows.length > 0 ? (
        // Another filter begins at the top.
        <ActivityTable
          key={Object.values(wanted).join(' ')}
          rows={rows}
          revision={revision}
          chosen={current}
          onChoose={setChosen}
        />
      ) : (
        <Nothing filter={filter} any={activity.rows.length > 0} onClear={() => setFilter(noFilter)} />
      )}
      {current !== undefined && (
        <section
          aria-label="The chosen request"
          aria-live="polite"
          className="relative shrink-0 border-t border-line"
        >
          <IconButton
            icon={X}
            label="Close"
            className="absolute top-2 right-3"
            onClick={() => setChosen(undefined)}
          />
          <ActivityDetail row={current} />
        </section>
      )}
    </div>
  );
}

interface FiltersProps {
  readonly filter: ActivityFilter;
  readonly onChange: (filter: ActivityFilter) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const containers = useSnapshot()?.containers ?? [];
  return (
    <>
      <div className="relative w-44 min-w-0">
        <Search aria-hidden className="absolute top-2 left-2 size-3.5 text-faint" />
        <input
          aria-label="Filter requests"
          value={filter.text}
          onChange={(event) => onChange({ ...filter, text: event.target.value })}
          placeholder="Filter"
          spellCheck={false}
          className={`${inputLook} h-7! pl-7`}
        />
      </div>
      <Choice
        aria-label="Of which container"
        value={filter.container}
        options={[
          ['', 'All containers'],
          ...containers.map(({ container: { name } }) => [name, name] as const),
        ]}
        className="max-w-40"
        onChange={(container) => onChange({ ...filter, container })}
      />
      <Segments
        label="Which requests"
        value={filter.outcome}
        options={[
          ['all', 'All'],
          ['running', 'Under way'],
          ['failed', 'Failed'],
        ]}
        onChange={(outcome) => onChange({ ...filter, outcome })}
      />
    </>
  );
}

function Export({ container }: { container: string }) {
  const bridge = useBridge();
  const toast = useToast();
  const save = async () => {
    const answer = await bridge.desktop['activity.export'](container === '' ? {} : { container });
    if (!answer.ok) toast(failure(answer.error));
    else if (answer.output.path !== undefined)
      toast({ tone: 'good', words: `${answer.output.rows} calls are saved as JSON Lines.` });
  };
  return <IconButton icon={Download} label="Export as JSON Lines…" onClick={() => void save()} />;
}

function Nothing({ filter, any, onClear }: { filter: ActivityFilter; any: boolean; onClear: () => void }) {
  if (any && filter !== noFilter) {
    return (
      <Empty
        icon={Search}
        title="Nothing of that kind"
        action={<Button onClick={onClear}>Clear filter</Button>}
      >
        No request that was seen fits the filter.
      </Empty>
    );
  }
  return (
    <Empty icon={Icon} title="Quiet">
      As soon as a client asks something of a container, it shows up here. What it asks is never recorded.
    </Empty>
  );
}
