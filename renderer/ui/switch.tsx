/** A switch that takes effect at once. */
import { Switch as Radix } from 'radix-ui';

interface SwitchProps {
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  /** What it switches. */
  readonly label: string;
  readonly disabled?: boolean;
}

export function Switch({ on, onChange, label, disabled = false }: SwitchProps) {
  return (
    <Radix.Root
      checked={on}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-label={label}
      dir="ltr"
      className="relative h-[18px] forced-color-adjust-none w-8 shrink-0 rounded-full bg-quiet-dot transition-colors duration-150 disabled:opacity-50 data-[state=checked]:bg-fill"
    >
      <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-on-fill transition-transform duration-150 data-[state=checked]:translate-x-4" />
    </Radix.Root>
  );
}
