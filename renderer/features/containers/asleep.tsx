/** A hosted container that sleeps: to look into it would wake it, which is the person's to say. */
import { Moon } from 'lucide-react';
import type { ContainerStatus } from '../../../shared/status.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';

export function isAsleep({ platform }: ContainerStatus): boolean {
  return platform === 'sleeping' || platform === 'stopping';
}

/** @param props.onWake looks into it all the same */
export function Asleep({ what, onWake }: { what: string; onWake: () => void }) {
  return (
    <Empty icon={Moon} title="It is asleep" action={<Button onClick={onWake}>Wake it</Button>}>
      {what} It wakes by itself with the next call of a client.
    </Empty>
  );
}
