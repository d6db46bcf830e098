/** Which lines of two texts differ; pure. */

export interface DiffLine {
  /** `gap`: lines that are the same and left out. */
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
}

/** More is not compared line by line: what a comparison needs grows with the square. */
const mostLines = 2_000;

/** @returns all lines of both, in order */
export function diffLines(before: string, now: string): DiffLine[] {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  if (old.length > mostLines || fresh.length > mostLines)
    return [...old.map((text) => line('removed', text)), ...fresh.map((text) => line('added', text))];
  const common = commonLines(old, fresh);
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < fresh.length) {
    const [left = '', right = ''] = [old[a], fresh[b]];
    if (a < old.length && b < fresh.length && left === right) {
      lines.push(line('same', left));
      a += 1;
      b += 1;
    } else if (b >= fresh.length || (a < old.length && at(common, a + 1, b) >= at(common, a, b + 1))) {
      lines.push(line('removed', left));
      a += 1;
    } else {
      lines.push(line('added', right));
      b += 1;
    }
  }
  return lines;
}

/** Leaves out what is the same and not near a change. */
export function foldLines(lines: readonly DiffLine[], context = 3): DiffLine[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ kind }) => kind !== 'same'),
  );
  return lines.flatMap((each, index) => {
    if (near[index] === true) return [each];
    return index > 0 && near[index - 1] !== true ? [] : [line('gap', '…')];
  });
}

/** A unified diff as lines, without its head. */
export function unifiedLines(patch: string): DiffLine[] {
  const lines = patch.split('\n').filter((text) => !/^(===|---|\+\+\+|Index:|\\ No newline)/.test(text));
  return lines.flatMap((text, index): DiffLine[] => {
    if (text.startsWith('@@')) return index === 0 ? [] : [line('gap', '…')];
    if (text.startsWith('+')) return [line('added', text.slice(1))];
    if (text.startsWith('-')) return [line('removed', text.slice(1))];
    return text === '' ? [] : [line('same', text.slice(1))];
  });
}

/** JSON with a member per line; what is none as it stands. */
export function spreadJson(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}

function line(kind: DiffLine['kind'], text: string): DiffLine {
  return { kind, text };
}

/** `[a][b]`: how many lines the two have in common from there on. */
function commonLines(old: readonly string[], fresh: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1));
  for (let a = old.length - 1; a >= 0; a -= 1) {
    for (let b = fresh.length - 1; b >= 0; b -= 1) {
      const [row, same] = [rows[a], old[a] === fresh[b]];
      if (row === undefined) continue;
      row[b] = same ? at(rows, a + 1, b + 1) + 1 : Math.max(at(rows, a + 1, b), at(rows, a, b + 1));
    }
  }
  return rows;
}

function at(rows: readonly Uint16Array[], a: number, b: number): number {
  return rows[a]?.[b] ?? 0;
}
