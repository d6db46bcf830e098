/** The log's last entries, and what comes while one looks. */
import { useEffect, useState } from 'react';
import type { LogEntry } from '../../../shared/status.ts';
import { useAnswer, useBridge } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Waiting } from '../../ui/empty.tsx';
import { plainLine } from '../../ui/plain.ts';
import { timeText } from '../../ui/words.ts';

const shown = 300;
const looks = { error: 'text-bad', warn: 'text-warn', info: 'text-text', debug: 'text-faint' } as const;

export function LogDialog({ onClose }: { onClose: () => void }) {
  const bridge = useBridge();
  const asked = useAnswer('logs', () => bridge.core.logs({ last: shown }));
  const [fresh, setFresh] = useState<readonly LogEntry[]>([]);
  useEffect(
    () => bridge.subscribe('log', (entry) => setFresh((last) => [...last, entry].slice(-shown))),
    [bridge],
  );
  const known = asked.pending ? [] : (asked.value ?? []);
  const newest = known.at(-1)?.at ?? 0;
  const entries = [...known, ...fresh.filter(({ at }) => at > newest)].slice(-shown).reverse();
  return (
    <Dialog
      wide
      title="Log"
      about="The newest first. Secrets and what requests carry are in no entry."
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      {asked.error !== undefined && <Failed error={asked.error} onRetry={asked.reload} />}
      {asked.pending && <Waiting>Reading it…</Waiting>}
      <div
        role="log"
        aria-label="Entries"
        tabIndex={0}
        className="selectable h-80 overflow-auto rounded-md bg-sunk px-3 py-2 font-mono text-2xs ring-1 ring-inset ring-line"
      >
        {entries.map((entry, index) => (
          <p key={entries.length - index} className="wrap-anywhere">
            <span className="text-faint">{timeText(entry.at)}</span>{' '}
            <span className={looks[entry.level]}>{entry.event}</span>{' '}
            <span className="text-soft">{fieldsText(entry)}</span>
          </p>
        ))}
      </div>
    </Dialog>
  );
}

function fieldsText({ fields }: LogEntry): string {
  return plainLine(
    Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
}
