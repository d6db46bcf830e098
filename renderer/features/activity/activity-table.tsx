/** The requests as rows, the newest at the top; only those in sight are drawn. */
import { memo, useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import type { Activity } from '../../../shared/status.ts';
import { Dot } from '../../ui/dot.tsx';
import { foreignLine } from '../../ui/foreign.tsx';
import { bytesText, durationText, timeText } from '../../ui/words.ts';
import { isSame } from './activity-filter.ts';
import { askerOf, outcomeOf } from './outcome.ts';
import { useSight } from './use-sight.ts';

interface ActivityTableProps {
  /** Oldest first; changed in place, as `revision` tells. */
  readonly rows: readonly Activity[];
  readonly revision: number;
  readonly chosen: Activity | undefined;
  readonly onChoose: (row: Activity | undefined) => void;
}

const rowHeight = 30;
const columns =
  'grid grid-cols-[5.5rem_minmax(4rem,7rem)_minmax(4rem,7rem)_minmax(6rem,1fr)_6.5rem_4.5rem_4.5rem] items-center gap-x-3 px-4 max-md:grid-cols-[5rem_minmax(0,1fr)_6rem]';
const wide = 'max-md:hidden';
const cutOff = `truncate text-left ${wide}`;

export function ActivityTable({ rows, chosen, onChoose }: ActivityTableProps) {
  const count = rows.length;
  const { scroller, sight, look } = useSight();
  const first = Math.max(0, Math.min(Math.floor(sight.top / rowHeight), count - 1));
  const drawn = Math.ceil(sight.height / rowHeight) + 1;
  const lastCount = useRef(count);
  useLayoutEffect(() => {
    const element = scroller.current;
    // What is looked at further down stays where it is while new rows come above it.
    if (element !== null && sight.top > 0 && count > lastCount.current) {
      element.scrollBy({ top: (count - lastCount.current) * rowHeight });
      look();
    }
    lastCount.current = count;
  }, [count, look, scroller, sight.top]);
  const rowAt = (index: number) => rows[count - 1 - index];
  const onKeyDown = (event: KeyboardEvent) => {
    const known = chosen === undefined ? -1 : rows.findLastIndex((row) => isSame(row, chosen));
    const at = known < 0 ? -1 : count - 1 - known;
    const page = Math.floor(sight.height / rowHeight) - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: count - 1,
    };
    const to = moves[event.key];
    if (event.key === 'Escape') onChoose(undefined);
    else if (to === undefined) return;
    else {
      const index = Math.max(0, Math.min(count - 1, to));
      onChoose(rowAt(index));
      const start = index * rowHeight;
      const lowest = start + rowHeight - sight.height;
      scroller.current?.scrollTo({ top: Math.min(Math.max(sight.top, lowest), start) });
    }
    event.preventDefault();
  };
  return (
    <div
      role="table"
      aria-label="Requests"
      aria-rowcount={count + 1}
      className="flex min-h-0 flex-1 flex-col"
    >
      <div
        role="rowgroup"
        className="overflow-y-scroll border-b border-line [scrollbar-color:transparent_transparent]"
      >
        <div role="row" aria-rowindex={1} className={`${columns} h-7 text-2xs font-medium text-faint`}>
          <span role="columnheader">Time</span>
          <span role="columnheader" className={wide}>
            Client
          </span>
          <span role="columnheader" className={wide}>
            Container
          </span>
          <span role="columnheader">Method</span>
          <span role="columnheader">Outcome</span>
          <span role="columnheader" className={`text-right ${wide}`}>
            Took
          </span>
          <span role="columnheader" className={`text-right ${wide}`}>
            Size
          </span>
        </div>
      </div>
      <div
        ref={scroller}
        role="rowgroup"
        tabIndex={0}
        aria-label="Requests, newest first"
        onKeyDown={onKeyDown}
        // Within the frame that shows it scrolled: drawn later, it would come a frame late.
        onScroll={() => flushSync(look)}
        className="min-h-0 flex-1 overflow-y-scroll -outline-offset-2 [container-type:size]"
      >
        <div role="presentation" style={{ height: count * rowHeight }}>
          {/* It stays in sight while all else is scrolled: there is never a part of it that is still to be drawn. */}
          <div role="presentation" className="sticky top-0 h-[100cqh] overflow-hidden">
            <div role="presentation" style={{ transform: `translateY(${first * rowHeight - sight.top}px)` }}>
              {Array.from({ length: Math.min(drawn, count - first) }, (_, place) => {
                const row = rowAt(first + place);
                return (
                  row !== undefined && (
                    <ActivityRow
                      key={place}
                      row={row}
                      index={first + place}
                      chosen={chosen !== undefined && isSame(row, chosen)}
                      onChoose={onChoose}
                    />
                  )
                );
              })}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

interface ActivityRowProps {
  readonly row: Activity;
  readonly index: number;
  readonly chosen: boolean;
  readonly onChoose: (row: Activity) => void;
}

const ActivityRow = memo(function ActivityRow({ row, index, chosen, onChoose }: ActivityRowProps) {
  const { tone, words } = outcomeOf(row);
  const { tool, method } = row;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      onClick={() => onChoose(row)}
      style={{ height: rowHeight }}
      className={`${columns} text-xs contain-strict hover:bg-hover aria-selected:bg-picked`}
    >
      <span role="cell" className="text-faint tabular">
        {timeText(row.at)}
      </span>
      <span role="cell" className={cutOff} {...foreignLine(askerOf(row))} />
      <span role="cell" className={cutOff} {...foreignLine(row.container)} />
      <span role="cell" className="truncate">
        <bdi {...foreignLine(tool ?? method)} className={tool === undefined ? 'text-soft' : 'font-medium'} />
        {tool !== undefined && <bdi {...foreignLine(method)} className="ml-2 text-faint max-lg:hidden" />}
      </span>
      <span role="cell">
        <Dot tone={tone} className="mr-1.5" />
        {words}
      </span>
      <span role="cell" className={`text-right text-soft tabular ${wide}`}>
        {row.durationMs === undefined ? '' : durationText(row.durationMs)}
      </span>
      <span role="cell" className={`text-right text-soft tabular ${wide}`}>
        {bytesText(row.bytesOut + (row.bytesIn ?? 0))}
      </span>
    </div>
  );
});
