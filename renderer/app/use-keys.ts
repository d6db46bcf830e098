/** The keys of the whole window: ⌘K (Ctrl+K) for everything, ⌘1–5 for the places, ⌘N for a new container. */
import { useEffect } from 'react';
import { onKeyDown } from '../bridge.ts';
import { useDesktop, useStore } from './context.ts';
import { places } from './places.ts';

export function useKeys(): void {
  const { place, prompt } = useStore();
  const mac = useDesktop()?.platform === 'darwin';
  useEffect(
    () =>
      onKeyDown((event) => {
        if (!(mac ? event.metaKey : event.ctrlKey) || event.altKey || event.shiftKey) return;
        const to = places[Number(event.key) - 1];
        if (event.key === 'k') {
          const open = prompt.read();
          if (open === undefined) prompt.write({ kind: 'palette' });
          else if (open.kind === 'palette') prompt.write(undefined);
        } else if (prompt.read() !== undefined) return;
        else if (event.key === 'n') place.write({ place: 'add' });
        else if (to !== undefined) place.write({ place: to.place });
        else return;
        event.preventDefault();
      }),
    [mac, place, prompt],
  );
}
