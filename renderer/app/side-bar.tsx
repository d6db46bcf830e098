/** The places, what needs the person, and how the core is. */
import { Pause, Play, Search } from 'lucide-react';
import { headlineOf, needsOf } from '../../shared/condition.ts';
import { IconButton } from '../ui/button.tsx';
import { Dot } from '../ui/dot.tsx';
import { useCell, useDesktop, useGo, usePrompt, useSnapshot, useStore } from './context.ts';
import { places } from './places.ts';
import { usePause } from './use-pause.ts';

export function SideBar() {
  const here = useCell(useStore().place);
  const snapshot = useSnapshot();
  const go = useGo();
  const prompt = usePrompt();
  const mac = useDesktop()?.platform === 'darwin';
  const needing = snapshot === undefined ? 0 : needsOf(snapshot).length;
  return (
    <div className="flex min-h-0 flex-col border-r border-line bg-side">
      <div className="p-2">
        <button
          type="button"
          onClick={() => prompt({ kind: 'palette' })}
          className="flex h-8 w-full items-center gap-2 rounded-md bg-page px-2 text-faint ring-1 ring-inset ring-line hover:text-soft max-sm:justify-center max-sm:px-0"
        >
          <Search aria-hidden className="size-3.5 shrink-0" />
          <span className="max-sm:sr-only">Search or do…</span>
          <kbd aria-hidden className="ml-auto font-sans text-2xs max-sm:hidden">
            {mac ? '⌘K' : 'Ctrl K'}
          </kbd>
        </button>
      </div>
      <nav aria-label="Places" className="flex flex-col gap-0.5 px-2">
        {places.map(({ place, label, icon: Icon }) => {
          const current = here.place === place || (place === 'containers' && here.place === 'add');
          return (
            <button
              key={place}
              type="button"
              aria-current={current ? 'page' : undefined}
              onClick={() => go({ place })}
              className="flex h-8 items-center gap-2.5 rounded-md px-2 text-soft hover:bg-hover aria-[current]:bg-picked aria-[current]:font-medium aria-[current]:text-text max-sm:justify-center max-sm:px-0"
            >
              <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
              <span className="max-sm:sr-only">{label}</span>
              {place === 'containers' && needing > 0 && (
                <span
                  className="ml-auto rounded-full bg-warn-wash px-1.5 text-2xs font-medium text-warn tabular max-sm:hidden"
                  aria-label={`${needing} need you`}
                >
                  {needing}
                </span>
              )}
            </button>
          );
        })}
      </nav>
      <Foot />
    </div>
  );
}

function Foot() {
  const snapshot = useSnapshot();
  const desktop = useDesktop();
  const { tone, words } = headlineOf(desktop?.core ?? { status: 'starting' }, snapshot);
  const { turn, pending } = usePause();
  const paused = snapshot?.paused !== undefined;
  return (
    <div className="mt-auto flex items-center gap-2 border-t border-line py-1.5 pr-1.5 pl-4 max-sm:flex-col max-sm:px-0">
      <Dot tone={tone} />
      <p role="status" className="min-w-0 flex-1 text-xs leading-4 text-soft wrap-anywhere max-sm:sr-only">
        {words}
      </p>
      <IconButton
        icon={paused ? Play : Pause}
        label={paused ? 'Resume traffic' : 'Pause all traffic'}
        disabled={pending || desktop?.core.status !== 'running'}
        onClick={() => turn(paused ? 'resume' : 'pause')}
        className="[&_svg]:size-3.5"
      />
    </div>
  );
}
