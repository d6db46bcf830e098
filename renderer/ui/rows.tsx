/** Settings and facts as rows: what it is, a sentence about it, and what stands there or changes it. */
import type { ReactNode } from 'react';

interface SectionProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, about, action, children }: SectionProps) {
  return (
    <section aria-label={title} className="flex flex-col">
      <header className="flex min-h-7 items-center justify-between gap-3 pb-2">
        <div className="min-w-0">
          <h2 className="font-semibold">{title}</h2>
          {about !== undefined && <p className="text-xs text-faint">{about}</p>}
        </div>
        {action}
      </header>
      <div className="divide-y divide-line border-y border-line">{children}</div>
    </section>
  );
}

interface RowProps {
  readonly label: ReactNode;
  readonly about?: ReactNode;
  readonly children?: ReactNode;
}

export function Row({ label, about, children }: RowProps) {
  return (
    <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
      <div className="min-w-36 flex-1">
        <div className="wrap-anywhere">{label}</div>
        {about !== undefined && <div className="text-xs text-faint text-pretty wrap-anywhere">{about}</div>}
      </div>
      {children !== undefined && (
        <div className="flex min-w-0 max-w-full items-center gap-2 text-soft">{children}</div>
      )}
    </div>
  );
}
