/** A few ways of which one is chosen, side by side. */
import { useId, type ReactNode } from 'react';

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: ReactNode])[];
  readonly onChange: (value: T) => void;
}

export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset className="inline-flex max-w-full rounded-md bg-picked p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(([each, title]) => (
        <label
          key={each}
          className="relative flex h-6 items-center gap-1 rounded-sm px-2.5 text-xs text-soft has-checked:bg-raised has-checked:font-medium has-checked:text-text has-checked:shadow-chip has-focus-visible:outline-2 has-focus-visible:outline-focus"
        >
          <input
            type="radio"
            name={name}
            value={each}
            checked={each === value}
            onChange={() => onChange(each)}
            className="sr-only"
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
