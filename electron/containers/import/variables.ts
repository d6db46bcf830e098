/** Puts in place of `${…}` what a client, or the bridge that it starts, would have put there. */
import type { Findings, Surroundings } from './reading.ts';

export interface Variables {
  /** With what is not known left as it is; then the findings say so. */
  expand(text: string): string;
  /** Of the entry's environment, what nothing has asked for. */
  unused(): string[];
}

const placeholder = /\$\{([^{}]*)\}/g;
/** A variable's name, as Cursor and others write it, or with what to take instead. */
const variable = /^(?:env:)?([A-Za-z_]\w{0,127})(?::-(.*))?$/s;

/** @param env of the entry */
export function createVariables(
  env: ReadonlyMap<string, string>,
  { around, findings }: { around: Pick<Surroundings, 'variable'>; findings: Findings },
): Variables {
  const used = new Set<string>();
  const ask = (name: string) => {
    findings.asked.add(name);
    return around.variable(name);
  };
  const fill = (text: string, look: (name: string) => string | undefined): string =>
    text.replace(placeholder, (whole, inside: string) => {
      const [, name, instead] = variable.exec(inside) ?? [];
      if (name === undefined) {
        findings.reasons.add('It has a placeholder that only its own program can fill in.');
        return whole;
      }
      const value = look(name);
      if (value !== undefined) return value;
      if (instead === undefined) {
        findings.missing.add(name);
        return whole;
      }
      findings.notes.add(`${name} is not set, so what the entry has in its place is taken.`);
      return instead;
    });
  return {
    expand: (text) =>
      fill(text, (name) => {
        const own = env.get(name);
        if (own === undefined) return ask(name);
        used.add(name);
        return fill(own, ask);
      }),
    unused: () => [...env.keys()].filter((name) => !used.has(name)),
  };
}
