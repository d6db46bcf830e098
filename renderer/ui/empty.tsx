/** A place with nothing in it yet: what will be here, and how to begin. And one that waits for what will be. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className="mx-auto flex h-full max-w-xs flex-col items-center justify-center gap-1 px-4 py-10 text-center">
      <Icon aria-hidden strokeWidth={1.5} className="mb-2 size-7 text-faint" />
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="text-soft">{children}</div>}
      {action !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

export function Waiting({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex items-center gap-2 py-2 text-soft">
      <span aria-hidden className="size-2 animate-breathe rounded-full bg-accent" />
      {children}
    </p>
  );
}
