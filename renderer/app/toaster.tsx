/** Word of what has just happened: it goes by itself where it is good news. */
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useEffect } from 'react';
import { IconButton } from '../ui/button.tsx';
import { useCell, useStore } from './context.ts';

const shownMs = 4_000;

export function Toaster() {
  const { toast: cell } = useStore();
  const toast = useCell(cell);
  useEffect(() => {
    if (toast?.tone !== 'good') return undefined;
    const timer = setTimeout(() => cell.write(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [cell, toast]);
  const Icon = toast?.tone === 'bad' ? CircleAlert : CircleCheck;
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-50 grid place-items-center px-4"
    >
      {toast !== undefined && (
        <div className="pointer-events-auto flex max-w-md animate-appear items-start gap-2 rounded-lg bg-raised py-2 pr-2 pl-3 shadow-menu">
          <Icon
            aria-hidden
            className={`mt-1.5 size-4 shrink-0 ${toast.tone === 'bad' ? 'text-bad' : 'text-good'}`}
          />
          <p className="selectable min-w-0 py-1 wrap-anywhere">
            {toast.words}
            {toast.help !== undefined && <span className="text-soft"> {toast.help}</span>}
          </p>
          <IconButton icon={X} label="Dismiss" onClick={() => cell.write(undefined)} />
        </div>
      )}
    </div>
  );
}
