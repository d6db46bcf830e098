/** Text of strangers: shown as text alone, in its own direction, with what would hide or re-order it made visible. */
import { plain, plainLine } from './plain.ts';

interface ForeignProps {
  readonly text: string;
  readonly className?: string;
}

/** For an element of its own that cuts off what does not fit: where there may be too much, it shows itself whole when pointed at. */
export function foreignLine(text: string): { dir: 'auto'; title: string | undefined; children: string } {
  const line = plainLine(text);
  return { dir: 'auto', title: line.length > 24 ? line : undefined, children: line };
}

/** On one line; a name that does not fit ends in an ellipsis, and shows itself whole when pointed at, or `wraps`. */
export function Foreign({ text, className = '', wraps = false }: ForeignProps & { wraps?: boolean }) {
  const { title, ...line } = foreignLine(text);
  const shape = wraps ? 'wrap-anywhere' : 'inline-block max-w-full truncate align-bottom';
  return <bdi {...line} className={`${shape} ${className}`} title={wraps ? undefined : title} />;
}

export function ForeignText({ text, className = '' }: ForeignProps) {
  return (
    <p dir="auto" className={`selectable wrap-anywhere whitespace-pre-line ${className}`}>
      {plain(text).trim()}
    </p>
  );
}
