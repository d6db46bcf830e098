import { createListeners } from '../runtime/listeners.ts';

/** A value that others are told of when it becomes another. */
export interface Observed<T> {
  readonly current: T;
  /** @returns the function that ends it */
  onChange(listener: (value: T) => void): () => void;
}

export interface Settable<T> extends Observed<T> {
  set(value: T): void;
}

export function createObserved<T>(first: T): Settable<T> {
  const listeners = createListeners<[T]>();
  let current = first;
  return {
    get current() {
      return current;
    },
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      listeners.tell(value);
    },
    onChange: listeners.add,
  };
}
