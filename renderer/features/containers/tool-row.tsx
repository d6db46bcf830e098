/** One tool: what it says of itself, and whether clients get it. */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { ListedTool } from '../../../shared/control.ts';
import { Button } from '../../ui/button.tsx';
import { Foreign, ForeignText } from '../../ui/foreign.tsx';
import { plain } from '../../ui/plain.ts';
import { Switch } from '../../ui/switch.tsx';

interface ToolRowProps {
  readonly tool: ListedTool;
  readonly onTurn: (on: boolean) => void;
  readonly onReview: () => void;
}

export function ToolRow({ tool, onTurn, onReview }: ToolRowProps) {
  const [open, setOpen] = useState(false);
  const { name, title, description, state, inputSchema } = tool;
  const differs = state === 'changed' || state === 'held';
  return (
    <li className="py-2">
      <div className="flex items-center gap-2">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-center gap-1.5 rounded-sm text-left"
        >
          <ChevronRight
            aria-hidden
            className={`size-3.5 shrink-0 text-faint transition-transform duration-100 ${open ? 'rotate-90' : ''}`}
          />
          <Foreign
            text={name}
            className={`font-mono text-xs ${state === 'off' ? 'text-faint' : 'font-medium'}`}
          />
          {title !== undefined && title !== name && (
            <Foreign text={title} className="shrink-[2] text-xs text-faint" />
          )}
        </button>
        {differs && (
          <>
            <span className="shrink-0 text-xs text-warn">
              {state === 'held' ? 'Changed, held back' : 'Changed'}
            </span>
            <Button onClick={onReview}>
              Review…<span className="sr-only"> {name}</span>
            </Button>
          </>
        )}
        <Switch on={state !== 'off'} onChange={onTurn} label={`Let clients use ${name}`} />
      </div>
      {description !== undefined && !open && (
        <p dir="auto" className="line-clamp-2 pr-12 pl-5 text-xs text-soft wrap-anywhere">
          {plain(description)}
        </p>
      )}
      {open && (
        <div className="flex flex-col gap-2 pt-1 pl-5">
          {description !== undefined && <ForeignText text={description} className="text-soft" />}
          <p className="text-xs font-medium text-soft">What it takes</p>
          <pre
            dir="ltr"
            tabIndex={0}
            aria-label={`What ${name} takes`}
            className="selectable max-h-72 overflow-auto rounded-md bg-sunk p-3 font-mono text-2xs ring-1 ring-inset ring-line"
          >
            {plain(JSON.stringify(inputSchema, undefined, 2))}
          </pre>
        </div>
      )}
    </li>
  );
}
