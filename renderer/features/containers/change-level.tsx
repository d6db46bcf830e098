/** What becomes of tools that change, for one container. */
import { useAnswer, useBridge, useToast } from '../../app/context.ts';
import { failure } from '../../app/prompt.ts';
import { Choice, Field } from '../../ui/field.tsx';

export function ChangeLevel({ name, ofAccount }: { name: string; ofAccount: boolean }) {
  const bridge = useBridge();
  const toast = useToast();
  const shown = useAnswer(`policy ${name}`, () => bridge.core['policy.show']({ name }));
  if (shown.value === undefined) return null;
  const level = shown.value.policy.changedTools ?? (ofAccount ? 'hold' : 'warn');
  return (
    <Field
      label="When a tool changes"
      hint="A changed tool can tell a model to do something else than you agreed to."
    >
      {(tie) => (
        <Choice
          {...tie}
          value={level}
          options={[
            ['hold', 'Hold it back until I accept it'],
            ['warn', 'Let it through, and tell me'],
            ['off', 'Let it through'],
          ]}
          className="w-fit"
          onChange={(next) =>
            void bridge.core['policy.changes']({ name, level: next }).then((answer) => {
              if (!answer.ok) toast(failure(answer.error));
              shown.reload();
            })
          }
        />
      )}
    </Field>
  );
}
