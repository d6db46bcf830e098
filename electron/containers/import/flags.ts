/** Takes a bridge's arguments apart by what is known of its options. */

/** `value`: the next word is its; `values`: all up to the next option; `none`: it stands alone. */
export type Flags = Readonly<Record<string, 'value' | 'values' | 'none'>>;

export interface ReadFlags<F extends Flags> {
  readonly positionals: readonly string[];
  /** Those that are there, and their values, if any, in order. */
  readonly given: ReadonlyMap<keyof F & string, readonly string[]>;
  /** Whether there is an option that is not known, or one that lacks its value. */
  readonly unclear: boolean;
}

/** @param how.equals whether `--option=value` counts, too */
export function readFlags<F extends Flags>(
  args: readonly string[],
  flags: F,
  how: { equals: boolean },
): ReadFlags<F> {
  const positionals: string[] = [];
  const given = new Map<keyof F & string, string[]>();
  let unclear = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) {
      positionals.push(word);
      continue;
    }
    const [name, joined]: [string, string?] = how.equals ? splitAt(word, '=') : [word];
    const kind = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (kind === undefined) {
      unclear = true;
      continue;
    }
    const values = given.get(name) ?? [];
    given.set(name, values);
    if (kind === 'none') continue;
    const first = joined ?? args[(at += 1)];
    if (first === undefined) unclear = true;
    else values.push(first);
    while (kind === 'values' && args[at + 1]?.startsWith('-') === false) values.push(args[(at += 1)] ?? '');
  }
  return { positionals, given, unclear };
}

/** @returns the part before the first `mark`, and the part after it, if it is there */
export function splitAt(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}
