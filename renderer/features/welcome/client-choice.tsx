/** The clients of this machine in the first run, each with all containers that are there. */
import { useState } from 'react';
import { useSnapshot } from '../../app/context.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { ContainerClients } from '../containers/container-clients.tsx';

export function ClientChoice() {
  const containers = useSnapshot()?.containers.map(({ container }) => container.name) ?? [];
  const [chosen, setChosen] = useState<string>();
  const name = chosen ?? containers[0];
  if (name === undefined) {
    return (
      <p className="text-soft">
        There is no container yet. Once you add one, you can give it to your clients.
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {containers.length > 1 && (
        <Field label="Container">
          {(tie) => (
            <Choice
              {...tie}
              value={name}
              options={containers.map((each) => [each, each] as const)}
              className="w-fit"
              onChange={setChosen}
            />
          )}
        </Field>
      )}
      <ContainerClients name={name} />
    </div>
  );
}
