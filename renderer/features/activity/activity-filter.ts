/** Which of the requests that were seen are wanted; pure. */
import type { Activity } from '../../../shared/status.ts';

export interface ActivityFilter {
  /** Words that must all occur in who asked whom for what. */
  readonly text: string;
  readonly container: string;
  readonly outcome: 'all' | 'running' | 'failed';
}

export const noFilter: ActivityFilter = { text: '', container: '', outcome: 'all' };

export function filterOf({ text, container, outcome }: ActivityFilter): (row: Activity) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    if (container !== '' && row.container !== container) return false;
    if (outcome === 'running' && row.phase === 'done') return false;
    if (outcome === 'failed' && (row.outcome === undefined || row.outcome === 'ok')) return false;
    if (words.length === 0) return true;
    const all = toldOf(row);
    return words.every((word) => all.includes(word));
  };
}

/** A row is replaced when it changes, so what is told of it can be kept: there may be 100,000 to look through. */
const told = new WeakMap<Activity, string>();

function toldOf(row: Activity): string {
  const known = told.get(row);
  if (known !== undefined) return known;
  const { program, client, container, method, tool, outcome, error } = row;
  const text = [program, client, container, method, tool, outcome, error].join(' ').toLowerCase();
  told.set(row, text);
  return text;
}

/** Oldest first, as they come. All there are without a filter: none of them has to be looked at. */
export function rowsOf(rows: readonly Activity[], filter: ActivityFilter): readonly Activity[] {
  if (filter.text === '' && filter.container === '' && filter.outcome === 'all') return rows;
  return rows.filter(filterOf(filter));
}

/** Whether two reports are of one request: the next core's ids begin anew. */
export function isSame(one: Activity, other: Activity): boolean {
  return one.id === other.id && one.at === other.at;
}

/** The parts of a request's time, in ms; pure. */
export interface Timing {
  readonly part: 'queue' | 'connect' | 'wait' | 'stream';
  readonly ms: number;
}

/** Of what was seen of it: over HTTP+SSE, say, not each part is. */
export function timingOf({ queuedMs, connectedMs, firstByteMs, durationMs }: Activity): Timing[] {
  if (durationMs === undefined) return [];
  const sent = Math.min(connectedMs ?? 0, durationMs);
  const answered = Math.min(firstByteMs ?? durationMs, durationMs);
  const queued = Math.min(queuedMs ?? sent, sent);
  const parts: Timing[] = [
    { part: 'queue', ms: queued },
    { part: 'connect', ms: sent - queued },
    { part: 'wait', ms: Math.max(answered - sent, 0) },
    { part: 'stream', ms: Math.max(durationMs - answered, 0) },
  ];
  return parts.filter(({ part, ms }) => ms > 0 || part === 'wait');
}
