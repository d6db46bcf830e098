/** A file that the person chooses in a dialog of the system's. */
import { X } from 'lucide-react';
import type { DesktopInput } from '../../../shared/desktop.ts';
import { useBridge } from '../../app/context.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';

interface FileFieldProps {
  readonly label: string;
  readonly purpose: DesktopInput<'file.choose'>['purpose'];
  readonly value: string;
  readonly onChange: (path: string) => void;
}

export function FileField({ label, purpose, value, onChange }: FileFieldProps) {
  const bridge = useBridge();
  const choose = async () => {
    const answer = await bridge.desktop['file.choose']({ purpose });
    if (answer.ok && answer.output.path !== undefined) onChange(answer.output.path);
  };
  return (
    <Field label={label}>
      {(tie) => (
        <div className="flex min-w-0 items-center gap-1">
          <Button {...tie} onClick={() => void choose()} className="min-h-8">
            Choose…
          </Button>
          {value !== '' && (
            <>
              <bdi className="min-w-0 flex-1 truncate font-mono text-2xs text-soft" title={value}>
                {value.split(/[/\\]/).pop()}
              </bdi>
              <IconButton icon={X} label={`Leave out ${label}`} onClick={() => onChange('')} />
            </>
          )}
        </div>
      )}
    </Field>
  );
}
