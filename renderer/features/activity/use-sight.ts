/** Which part of a long list is in sight: how far it is scrolled, and how high its frame is. */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';

interface Sight {
  /** In px. */
  readonly top: number;
  readonly height: number;
}

interface Scrolled {
  /** For the element that scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly sight: Sight;
  /** To be called when it is scrolled. */
  readonly look: () => void;
}

/** Until it is measured, which it is before it is painted. */
const usual: Sight = { top: 0, height: 600 };

export function useSight(): Scrolled {
  const scroller = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState(usual);
  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop: top, clientHeight: height } = element;
    setSight((last) => (last.top === top && last.height === height ? last : { top, height }));
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  return { scroller, sight, look };
}
