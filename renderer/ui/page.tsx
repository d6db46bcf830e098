/** A place that is read from top to bottom. */
import type { ReactNode } from 'react';

interface PageProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, action, children }: PageProps) {
  return (
    <div className="h-full overflow-y-auto px-6 pb-8 max-sm:px-4">
      <div className="mx-auto max-w-2xl">
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-3 gap-y-1 py-2">
          <h1 className="text-md font-semibold">{title}</h1>
          {action}
        </header>
        <div className="flex flex-col gap-8 pt-2">{children}</div>
      </div>
    </div>
  );
}

/** The name of a place for those who hear it, where no heading that can be seen says it. */
export function UnseenHeading({ children, className = '' }: { children: string; className?: string }) {
  return <h1 className={`sr-only ${className}`}>{children}</h1>;
}
