/** What waits for a decision of the person, and the dialog in which it is taken. */
import type { Snapshot } from '../../shared/status.ts';
import type { Prompt } from './prompt.ts';

/** @returns the first that waits now and did not in the last snapshot; none of those that waited before the window did */
export function newlyUrgent(last: Snapshot | undefined, next: Snapshot): Prompt | undefined {
  if (last === undefined) return undefined;
  const before = new Set(urgentIn(last).map(({ id }) => id));
  return urgentIn(next).find(({ id }) => !before.has(id))?.prompt;
}

function urgentIn(snapshot: Snapshot): { id: string; prompt: Prompt }[] {
  return [
    ...snapshot.pendingConsents.map(({ container, program }) => ({
      id: `consent ${container} ${program}`,
      prompt: { kind: 'consent' as const, container, program },
    })),
    ...snapshot.containers
      .filter(({ problem }) => problem?.code === 'pin_mismatch')
      .map(({ container: { name } }) => ({
        id: `pin ${name}`,
        prompt: { kind: 'pin' as const, container: name },
      })),
    ...snapshot.pendingSignIns
      .filter(({ userCode }) => userCode !== undefined)
      .map(({ container }) => ({
        id: `code ${container}`,
        prompt: { kind: 'sign-in' as const, container },
      })),
  ];
}
