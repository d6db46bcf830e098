/** Buttons: one that is meant, plain ones, quiet ones, and those that take something away. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: LucideIcon;
  /** What is being done, while it is: the button waits and says so. */
  readonly pending?: string | false | undefined;
}

const looks = {
  primary: 'bg-fill text-on-fill hover:not-disabled:bg-fill-hover font-medium',
  plain: 'bg-raised text-text ring-1 ring-inset ring-edge hover:not-disabled:bg-sunk',
  quiet: 'text-soft hover:not-disabled:bg-hover hover:not-disabled:text-text',
  danger: 'bg-raised text-bad ring-1 ring-inset ring-edge hover:not-disabled:bg-bad-wash',
} as const;

export function Button({
  kind = 'plain',
  icon: Icon,
  pending = false,
  className = '',
  disabled,
  children,
  ...rest
}: ButtonProps) {
  const waits = pending !== false;
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || waits}
      aria-busy={waits || undefined}
      className={`inline-flex min-h-7 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 text-sm whitespace-nowrap transition-colors duration-100 disabled:opacity-55 ${looks[kind]} ${className}`}
    >
      {Icon !== undefined && <Icon aria-hidden className="-ml-0.5 size-3.5 shrink-0" />}
      {waits ? pending : children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: LucideIcon;
  /** What it does, for who cannot see the icon, and for who points at it. */
  readonly label: string;
}

export function IconButton({ icon: Icon, label, className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={`inline-flex size-7 shrink-0 items-center justify-center rounded-md text-soft transition-colors duration-100 hover:bg-hover hover:text-text disabled:opacity-50 data-[state=open]:bg-picked ${className}`}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
