/** What is the matter, in words, with the button that mends it. */
import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from '../../shared/condition.ts';
import { toneText, toneWash } from './tone.ts';

const icons: Readonly<Record<Tone, LucideIcon>> = {
  good: CircleCheck,
  busy: Info,
  quiet: Info,
  warn: TriangleAlert,
  bad: CircleAlert,
};

interface NoticeProps {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string;
}

export function Notice({ tone, title, children, action, className = '' }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={`flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3 py-2 ${toneWash[tone]} ${className}`}
    >
      <Icon aria-hidden className={`mt-1 size-4 shrink-0 self-start ${toneText[tone]}`} />
      <div className="min-w-40 flex-1 py-0.5">
        <p className={`wrap-anywhere ${children === undefined ? '' : 'font-medium'}`}>{title}</p>
        {children !== undefined && <div className="selectable text-soft wrap-anywhere">{children}</div>}
      </div>
      {action}
    </div>
  );
}
