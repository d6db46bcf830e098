/** The first place: which containers there are and how each is, and beside that the chosen one. */
import { Box, Plus } from 'lucide-react';
import type { Place } from '../../../shared/desktop.ts';
import { useGo, useSnapshot } from '../../app/context.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { UnseenHeading } from '../../ui/page.tsx';
import { ContainerDetail } from './container-detail.tsx';
import { ContainerList } from './container-list.tsx';

type ContainersPlaceProps = {
  readonly chosen: string | undefined;
  readonly tab: Extract<Place, { place: 'containers' }>['tab'];
};

export function ContainersPlace({ chosen, tab }: ContainersPlaceProps) {
  const snapshot = useSnapshot();
  const go = useGo();
  if (snapshot === undefined) return null;
  if (snapshot.containers.length === 0) {
    return (
      <>
        <UnseenHeading>Containers</UnseenHeading>
        <Empty
          icon={Box}
          title="No containers yet"
          action={
            <Button kind="primary" icon={Plus} onClick={() => go({ place: 'add' })}>
              Add container
            </Button>
          }
        >
          A container is a remote MCP server that you can use. Add one by its address, or sign in to your
          account.
        </Empty>
      </>
    );
  }
  const named = snapshot.containers.find(({ container }) => container.name === chosen);
  const shown = named ?? snapshot.containers[0];
  return (
    <div className="grid h-full min-h-0 grid-cols-[17rem_minmax(0,1fr)] max-md:grid-cols-1">
      {named !== undefined && <UnseenHeading className="md:hidden">Containers</UnseenHeading>}
      <section
        aria-label="Containers"
        className={`flex min-h-0 flex-col border-r border-line ${named === undefined ? '' : 'max-md:hidden'}`}
      >
        <header className="flex h-12 shrink-0 items-center justify-between pr-2 pl-4">
          <h1 className="text-md font-semibold">Containers</h1>
          <IconButton icon={Plus} label="Add container" onClick={() => go({ place: 'add' })} />
        </header>
        <ContainerList snapshot={snapshot} chosen={shown?.container.name} />
      </section>
      {shown !== undefined && (
        <div className={`min-h-0 min-w-0 ${named === undefined ? 'max-md:hidden' : ''}`}>
          <ContainerDetail
            key={shown.container.name}
            status={shown}
            snapshot={snapshot}
            tab={named === undefined ? undefined : tab}
          />
        </div>
      )}
    </div>
  );
}
