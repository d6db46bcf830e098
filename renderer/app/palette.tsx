/** The command palette: type, arrow, Enter. */
import { Search } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useId, useState, type KeyboardEvent } from 'react';
import { useFocusBack } from '../ui/focus-back.ts';
import { Foreign } from '../ui/foreign.tsx';
import { useGo, useSnapshot } from './context.ts';
import { matching, paletteItems, type PaletteItem } from './palette-items.ts';
import { useMend } from './use-mend.ts';
import { usePause } from './use-pause.ts';

export function Palette({ onClose }: { onClose: () => void }) {
  const snapshot = useSnapshot();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const perform = usePerform();
  const giveBack = useFocusBack();
  const items = snapshot === undefined ? [] : matching(paletteItems(snapshot), typed);
  const chosen = Math.min(at, items.length - 1);
  const choose = (item: PaletteItem | undefined) => {
    if (item === undefined) return;
    onClose();
    perform(item);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && items.length > 0) setAt((chosen + step + items.length) % items.length);
    else if (event.key === 'Enter') choose(items[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div aria-hidden className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={giveBack}
          className="fixed inset-x-4 top-[12vh] z-50 mx-auto flex max-h-[70vh] max-w-lg animate-appear flex-col overflow-hidden rounded-lg bg-raised shadow-dialog outline-none"
        >
          <Radix.Title className="sr-only">Search or do</Radix.Title>
          <div className="flex items-center gap-2.5 border-b border-line px-4">
            <Search aria-hidden className="size-4 shrink-0 text-faint" />
            <input
              role="combobox"
              aria-label="Search or do"
              aria-expanded
              aria-controls={list}
              aria-activedescendant={items.length > 0 ? `${list}-${chosen}` : undefined}
              value={typed}
              placeholder="A container, a place, or what to do"
              spellCheck={false}
              onChange={(event) => {
                setTyped(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
              className="selectable h-11 min-w-0 flex-1 text-sm outline-none"
            />
          </div>
          <div id={list} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-1.5">
            {items.map((item, index) => (
              <div
                key={item.id}
                id={`${list}-${index}`}
                role="option"
                aria-selected={index === chosen}
                ref={index === chosen ? intoView : undefined}
                onPointerMove={() => setAt(index)}
                onClick={() => choose(item)}
                className="flex h-8 items-center gap-3 rounded-md px-2.5 aria-selected:bg-picked"
              >
                <Foreign text={item.label} className="min-w-0 flex-1" />
                {item.note !== undefined && (
                  <Foreign text={item.note} className="max-w-48 text-xs text-soft" />
                )}
              </div>
            ))}
          </div>
          {items.length === 0 && <p className="px-4 pb-4 text-soft">Nothing is called that.</p>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

function usePerform(): (item: PaletteItem) => void {
  const go = useGo();
  const mend = useMend();
  const { turn } = usePause();
  return ({ does }) => {
    switch (does.kind) {
      case 'place':
        go({ place: does.place });
        return;
      case 'container':
        go({ place: 'containers', container: does.container });
        return;
      case 'mend':
        mend(does.container, does.mend);
        return;
      case 'add':
        go({ place: 'add' });
        return;
      case 'pause':
      case 'resume':
        turn(does.kind);
    }
  };
}
