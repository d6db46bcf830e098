/** What a command prints: one JSON document with `--json`, else text for people with aligned columns. */
import type { Writable } from 'node:stream';
import { errorReport } from '../../shared/errors.ts';
import { plainJson } from '../../shared/plain-json.ts';
import { plainLine } from './plain-text.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** SGR parameters (ECMA-48 §8.3.117). */
const styles: Record<Style, number> = { bold: 1, dim: 2, green: 32, red: 31, yellow: 33 };

export interface Output {
  /** A command's result: the document with `--json`, else the text. To be called once. */
  result(document: unknown, text: () => string): void;
  /** One of several results that come over time: a line of JSON, or the text. */
  item(document: unknown, text: () => string): void;
  /** A note for people, on stderr. */
  note(sentence: string): void;
  /** One line on stderr; with `--json` also the document, when there was none yet. */
  error(thrown: unknown): void;
  paint(style: Style, text: string): string;
}

export interface OutputOptions {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
  readonly json: boolean;
}

export function createOutput({ stdout, stderr, env, json }: OutputOptions): Output {
  // no-color.org: set and not empty.
  const colored = !json && stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  let written = false;
  const write = (text: string) => {
    written = true;
    stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  return {
    result: (document, text) => write(json ? plainJson(document, 2) : text()),
    item: (document, text) => write(json ? plainJson(document) : text()),
    note: (sentence) => void stderr.write(`${plainLine(sentence)}\n`),
    error(thrown) {
      const report = errorReport(thrown);
      const help = report.help === undefined ? '' : ` ${report.help}`;
      stderr.write(`fairlead: ${plainLine(`${report.message}${help}`)}\n`);
      if (json && !written) write(plainJson({ error: report }, 2));
    },
    paint: (style, text) => (colored ? `\u001b[${styles[style]}m${text}\u001b[0m` : text),
  };
}

/** Rows under their headings, each column as wide as its widest cell. Cells are made plain; they may be a stranger's. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows.map((row) => row.map((cell) => plainLine(cell)))];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** 7.25 → "7.3 ms", 1530 → "1.5 s". */
export function durationText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

export function timeText(at: number): string {
  return new Date(at).toISOString();
}
