/** One container: what it is and how it is, what mends it, and its sides as tabs. */
import { ChevronLeft } from 'lucide-react';
import { conditionOf, type Condition } from '../../../shared/condition.ts';
import type { Place } from '../../../shared/desktop.ts';
import { ownHelp } from '../../../shared/own-help.ts';
import type { ContainerStatus, Snapshot } from '../../../shared/status.ts';
import { useGo } from '../../app/context.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { entryText, kindText } from '../../app/describe.ts';
import { mendOf } from '../../app/mend.ts';
import { mendText, useMend } from '../../app/use-mend.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { toneText } from '../../ui/tone.ts';
import { ContainerClients } from './container-clients.tsx';
import { ContainerMenu } from './container-menu.tsx';
import { Health } from './health.tsx';
import { Security } from './security.tsx';
import { Sessions } from './sessions.tsx';
import { Tools } from './tools.tsx';

interface ContainerDetailProps {
  readonly status: ContainerStatus;
  readonly snapshot: Snapshot;
  readonly tab: Extract<Place, { place: 'containers' }>['tab'];
}

export function ContainerDetail({ status, snapshot, tab = 'health' }: ContainerDetailProps) {
  const go = useGo();
  const { container } = status;
  const { name } = container;
  const condition = conditionOf(status, snapshot);
  const sessions = snapshot.sessions.filter((each) => each.container === name);
  const changed = snapshot.changedTools.filter((each) => each.container === name).length;
  return (
    <article aria-label={name} className="flex h-full min-h-0 flex-col">
      <header className="shrink-0 px-5 pt-3 pb-3">
        <div className="flex min-h-8 items-center gap-2">
          <IconButton
            icon={ChevronLeft}
            label="Back to all containers"
            className="-ml-2 md:hidden"
            onClick={() => go({ place: 'containers' })}
          />
          <h2 className="flex min-w-0 flex-1 text-lg font-semibold">
            <Foreign text={name} />
          </h2>
          <ContainerMenu status={status} />
        </div>
        <div className="flex flex-wrap items-center gap-x-2 text-soft">
          <span className={`flex items-center gap-1.5 ${toneText[condition.tone]}`}>
            <Dot tone={condition.tone} />
            {condition.words}
          </span>
          <span aria-hidden className="text-faint">
            ·
          </span>
          <span>{kindText(container)}</span>
          <span aria-hidden className="text-faint">
            ·
          </span>
          <span>{entryText(container)}</span>
        </div>
        <div className="flex items-center gap-1">
          <bdi className="selectable truncate font-mono text-2xs text-faint" title={container.url}>
            {container.url}
          </bdi>
          <CopyButton text={container.url} label="Copy address" />
        </div>
        <Matter status={status} condition={condition} tab={tab} />
      </header>
      <Tabs
        label={`Sides of ${name}`}
        chosen={tab}
        onChoose={(id) => go({ place: 'containers', container: name, tab: id })}
        tabs={[
          { id: 'health', label: 'Health', content: <Health status={status} /> },
          {
            id: 'tools',
            label: 'Tools',
            badge: changed > 0 && <Badge>{changed} changed</Badge>,
            content: <Tools status={status} />,
          },
          {
            id: 'sessions',
            label: 'Sessions',
            badge: sessions.length > 0 && (
              <span className="text-2xs text-faint tabular">{sessions.length}</span>
            ),
            content: <Sessions sessions={sessions} />,
          },
          { id: 'security', label: 'Security', content: <Security status={status} /> },
          { id: 'clients', label: 'Clients', content: <ContainerClients name={name} /> },
        ]}
      />
    </article>
  );
}

function Badge({ children }: { children: React.ReactNode }) {
  return <span className="rounded-full bg-warn-wash px-1.5 text-2xs font-medium text-warn">{children}</span>;
}

/** What is the matter with it, where something is and the tab does not show it anyway. */
function Matter({ status, condition, tab }: MatterProps) {
  const mend = useMend();
  const { tone, kind } = condition;
  const way = mendOf(kind);
  const { container, problem } = status;
  // Both say themselves that it sleeps.
  const isSaid = way === tab || (tone === 'quiet' && (tab === 'health' || tab === 'tools'));
  if (way === undefined || isSaid) return null;
  // What the problem says of keys is for who compares them.
  const told =
    problem === undefined || way === 'pin'
      ? explanations[way]
      : `${problem.message} ${ownHelp(problem.help) ?? ''}`;
  return (
    <Notice
      tone={tone}
      title={told}
      className="mt-2"
      action={
        <Button kind={tone === 'quiet' ? 'plain' : 'primary'} onClick={() => mend(container.name, way)}>
          {mendText[way]}
        </Button>
      }
    />
  );
}

interface MatterProps {
  readonly status: ContainerStatus;
  readonly condition: Condition;
  readonly tab: NonNullable<ContainerDetailProps['tab']>;
}

const explanations = {
  'sign-in': 'Your clients can use it once you have signed in.',
  continue: 'Finish signing in, in your browser.',
  key: 'Your clients can use it once it has a key.',
  pin: 'Nothing is sent to it until you have decided about its new key.',
  tools: 'Some of it is not what it was when your clients first got it.',
  consent: 'A program wants to use this container for the first time.',
  start: 'It wakes with the next call, or when you start it.',
  health: 'Something between here and the container does not work.',
} as const;
