/** A state as a small shape in its colour: told apart by form, too, for who does not see the colours. */
import type { Tone } from '../../shared/condition.ts';

const looks: Readonly<Record<Tone, string>> = {
  good: 'rounded-full bg-good-dot',
  busy: 'rounded-full bg-accent animate-breathe',
  quiet: 'rounded-full ring-[1.5px] ring-inset ring-quiet-dot',
  warn: 'rotate-45 rounded-[2px] bg-warn-dot scale-90',
  bad: 'rounded-[2px] bg-bad-dot',
};

export function Dot({ tone, className = '' }: { tone: Tone; className?: string }) {
  return (
    <span
      aria-hidden
      className={`inline-block forced-color-adjust-none size-2 shrink-0 ${looks[tone]} ${className}`}
    />
  );
}
