/** What the person fills in: with a label, a hint, and what is wrong with it. */
import { ChevronsUpDown } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';

export const inputLook =
  'selectable h-8 w-full min-w-0 rounded-md bg-page px-2.5 text-sm ring-1 ring-inset ring-edge focus-visible:-outline-offset-1 disabled:opacity-60';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** Is given what ties it to the label and the hint. */
  readonly children: (tie: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const told = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-soft">
        {label}
      </label>
      {children({
        id,
        ...(told !== undefined && { 'aria-describedby': `${id}-told` }),
        ...(error !== undefined && { 'aria-invalid': true as const }),
      })}
      {told !== undefined && (
        <div id={`${id}-told`} className={`text-xs ${error === undefined ? 'text-faint' : 'text-bad'}`}>
          {told}
        </div>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly mono?: boolean;
}

export function TextField({ label, hint, error, value, onChange, mono = false, ...rest }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(tie) => (
        <input
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          {...rest}
          {...tie}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${inputLook} ${mono ? 'font-mono text-xs' : ''}`}
        />
      )}
    </Field>
  );
}

interface ChoiceProps<T extends string> extends Omit<ComponentProps<'select'>, 'onChange' | 'value'> {
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly onChange: (value: T) => void;
}

/** The system's own list: quick, and known to everyone. */
export function Choice<T extends string>({
  value,
  options,
  onChange,
  className = '',
  ...rest
}: ChoiceProps<T>) {
  return (
    <span className={`relative inline-flex min-w-0 max-w-full ${className}`}>
      <select
        {...rest}
        value={value}
        onChange={(event) => onChange(event.target.value as T)}
        className="h-full min-h-7 w-full min-w-0 appearance-none truncate rounded-md bg-raised pr-7 pl-2.5 text-sm ring-1 ring-inset ring-edge disabled:opacity-60"
      >
        {options.map(([each, label]) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
      </select>
      <ChevronsUpDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-faint"
      />
    </span>
  );
}
