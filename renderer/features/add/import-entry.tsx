/** One entry of another bridge: what it is, and what it would become. */
import { useId } from 'react';
import type { FoundEntry } from '../../../shared/import-control.ts';
import { entryText } from '../../app/describe.ts';
import { Foreign } from '../../ui/foreign.tsx';
import { plain } from '../../ui/plain.ts';
import { hostOf } from '../../ui/words.ts';

const sources: Readonly<Record<FoundEntry['source'], string>> = {
  'mcp-remote': 'mcp-remote',
  supergateway: 'supergateway',
  url: 'an address',
};

export function idOf({ client, entry }: FoundEntry): string {
  return `${client} ${entry}`;
}

interface ImportEntryProps {
  readonly entry: FoundEntry;
  readonly on: boolean;
  readonly onTurn: (on: boolean) => void;
}

export function ImportEntry({ entry, on, onTurn }: ImportEntryProps) {
  const id = useId();
  const { container, notes, reason, source, title } = entry;
  return (
    <div className="flex items-start gap-3 py-2.5">
      <input
        id={id}
        type="checkbox"
        checked={on && container !== undefined}
        disabled={container === undefined}
        onChange={(event) => onTurn(event.target.checked)}
        className="mt-1 size-3.5 shrink-0 accent-fill"
      />
      <label htmlFor={id} className="min-w-0 flex-1">
        <span className="flex min-w-0 items-baseline gap-2">
          <Foreign text={entry.entry} className="font-medium" />
          <span className="shrink-0 text-xs text-faint">
            {title} · by {sources[source]}
          </span>
        </span>
        {container !== undefined && (
          <span className="block truncate text-soft">
            <Foreign text={hostOf(container.url)} /> · {entryText({ auth: container.auth, tls: {} })}
            {container.name !== entry.entry && !container.shared && ` · becomes ${container.name}`}
            {container.shared && ` · goes to ${container.name}, with others`}
          </span>
        )}
        {[...(reason === undefined ? [] : [reason]), ...notes].map((note) => (
          <span key={note} className="block text-xs text-faint wrap-anywhere">
            {plain(note)}
          </span>
        ))}
      </label>
    </div>
  );
}
