/** How components reach the store, and ask what is asked of the core and the desktop. */
import { createContext, use, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { DesktopBridge, DesktopState, Place, Result } from '../../shared/desktop.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import type { Snapshot } from '../../shared/status.ts';
import type { Cell } from './cell.ts';
import type { Prompt, Toast } from './prompt.ts';
import type { Store } from './store.ts';

export const StoreContext = createContext<Store | undefined>(undefined);

export function useStore(): Store {
  const store = use(StoreContext);
  if (store === undefined) throw new Error('The store is missing.');
  return store;
}

export function useBridge(): DesktopBridge {
  return useStore().bridge;
}

export function useCell<T>({ read, subscribe }: Cell<T>): T {
  return useSyncExternalStore(subscribe, read);
}

export function useSnapshot(): Snapshot | undefined {
  return useCell(useStore().snapshot);
}

export function useDesktop(): DesktopState | undefined {
  return useCell(useStore().desktop);
}

export function useGo(): (place: Place) => void {
  return useStore().place.write;
}

/** Opens a dialog, or closes the one that is open. */
export function usePrompt(): (prompt: Prompt | undefined) => void {
  return useStore().prompt.write;
}

export function useToast(): (toast: Toast | undefined) => void {
  return useStore().toast.write;
}

export interface Command<I, O> {
  /** Answers with the output; undefined where it failed, which `error` then tells of. */
  readonly run: (input: I) => Promise<O | undefined>;
  readonly pending: boolean;
  readonly error: ErrorReport | undefined;
  readonly clear: () => void;
}

/** Something that the person does: under way, done, or failed. */
export function useCommand<I, O>(ask: (input: I) => Promise<Result<O>>): Command<I, O> {
  const [state, setState] = useState<{ pending: boolean; error?: ErrorReport }>({ pending: false });
  const there = useRef(true);
  useEffect(() => {
    there.current = true;
    return () => void (there.current = false);
  }, []);
  const run = async (input: I): Promise<O | undefined> => {
    setState({ pending: true });
    const answer = await ask(input);
    if (there.current) setState({ pending: false, ...(!answer.ok && { error: answer.error }) });
    return answer.ok ? answer.output : undefined;
  };
  return { run, ...state, error: state.error, clear: () => setState({ pending: false }) };
}

export interface Answer<T> {
  /** The last that came; stays while it is asked for again. */
  readonly value: T | undefined;
  readonly error: ErrorReport | undefined;
  readonly pending: boolean;
  readonly reload: () => void;
}

interface HowToAsk {
  /** What the answer depends on, besides the core and who is signed in: the last one stays until the next is there. */
  readonly again?: string;
  /** How long an answer is good enough not to ask again. */
  readonly freshMs?: number;
  /** Asks only if it is still wanted after that. */
  readonly delayMs?: number;
  /** Asks nothing until `reload`, and nothing again once that on which it depends has changed. */
  readonly waits?: boolean;
}

/**
 * Something that is looked up, and again with the next core, and once the person has signed in anywhere.
 * @param key names what is asked: the same key, the same answer
 */
export function useAnswer<T>(
  key: string,
  ask: () => Promise<Result<T>>,
  { again = '', freshMs = 0, delayMs = 0, waits = false }: HowToAsk = {},
): Answer<T> {
  const { answers, snapshot } = useStore();
  const source = useSyncExternalStore(snapshot.subscribe, () => {
    const { core, signIns } = snapshot.read() ?? {};
    return `${core?.pid ?? ''} ${signIns ?? ''}`;
  });
  const [state, setState] = useState<{ key: string; pending: boolean; error?: ErrorReport }>({
    key,
    pending: true,
  });
  const [round, setRound] = useState(0);
  /** On what it depended when it was asked for although it waits. */
  const [wanted, setWanted] = useState<string>();
  const of = `${source} ${again}`;
  if (wanted !== undefined && wanted !== of) setWanted(undefined);
  const asking = useRef(ask);
  useEffect(() => void (asking.current = ask));
  const holds = waits && wanted === undefined;
  useEffect(() => {
    let current = true;
    const look = async () => {
      const known = answers.get(key);
      const isFresh = round === 0 && known?.of === of && Date.now() - known.at < freshMs;
      const answer = isFresh ? undefined : await asking.current();
      if (!current) return;
      if (answer?.ok === true) answers.set(key, { value: answer.output, at: Date.now(), of });
      setState({ key, pending: false, ...(answer?.ok === false && { error: answer.error }) });
    };
    const timer = holds ? undefined : setTimeout(() => void look(), round === 0 ? delayMs : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [answers, delayMs, freshMs, holds, key, of, round]);
  const reload = useCallback(() => {
    setState((last) => ({ key: last.key, pending: true }));
    setWanted(of);
    setRound((last) => last + 1);
  }, [of]);
  const { pending, error } = state.key === key ? state : { pending: true, error: undefined };
  return {
    value: answers.get(key)?.value as T | undefined,
    error,
    pending: pending && !holds,
    reload,
  };
}

/** The time, looked at every so often: what is shown of it is no more exact than that. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
