/** Which programs use a container now. */
import { Unplug } from 'lucide-react';
import { countText } from '../../../shared/count-text.ts';
import type { Tone } from '../../../shared/condition.ts';
import type { SessionStatus } from '../../../shared/status.ts';
import { useNow } from '../../app/context.ts';
import { Dot } from '../../ui/dot.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { agoText } from '../../ui/words.ts';

const states: Readonly<Record<SessionStatus['state'], { tone: Tone; words: string }>> = {
  waiting: { tone: 'warn', words: 'Waits for you' },
  connecting: { tone: 'busy', words: 'Connecting…' },
  connected: { tone: 'good', words: 'Connected' },
  failed: { tone: 'bad', words: 'Failed' },
  closed: { tone: 'quiet', words: 'Ended' },
};

export function Sessions({ sessions }: { sessions: readonly SessionStatus[] }) {
  const now = useNow();
  if (sessions.length === 0) {
    return (
      <Empty icon={Unplug} title="No program uses it now">
        Sessions show up here as soon as a client starts one.
      </Empty>
    );
  }
  return (
    <ul className="divide-y divide-line border-y border-line">
      {sessions.map((session) => {
        const { tone, words } = states[session.state];
        const name = session.program?.name ?? session.client ?? 'Unknown program';
        return (
          <li
            key={session.id}
            className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-baseline gap-x-2.5 py-2.5"
          >
            <Dot tone={tone} />
            <span className="flex min-w-0 gap-2">
              <Foreign text={name} className="font-medium" />
              {session.client !== undefined && session.client !== name && (
                <Foreign text={session.client} className="text-faint" />
              )}
            </span>
            <span className="text-soft tabular">{countText(session.calls, 'call')}</span>
            <span className="col-start-2 text-xs text-faint tabular">
              {[
                words,
                `started ${agoText(session.since, now)}`,
                ...(session.protocolVersion === undefined ? [] : [`MCP ${session.protocolVersion}`]),
                ...(session.pid === undefined ? [] : [`process ${session.pid}`]),
              ].join(' · ')}
            </span>
            {session.inFlight > 0 && (
              <span className="text-xs text-accent tabular">{session.inFlight} under way</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
