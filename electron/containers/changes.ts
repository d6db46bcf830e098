/** What has become of the containers that clients may be using, by their names. */
import type { Container } from '../../shared/container.ts';

export interface ContainerChanges {
  readonly gone: readonly Container[];
  /** As they are now. */
  readonly changed: readonly Container[];
}

export function changesBetween(
  before: readonly Container[],
  after: ReadonlyMap<string, Container>,
): ContainerChanges {
  const gone = before.filter(({ name }) => !after.has(name));
  const changed = before.flatMap((container) => {
    const now = after.get(container.name);
    return now === undefined || JSON.stringify(now) === JSON.stringify(container) ? [] : [now];
  });
  return { gone, changed };
}
