/** What the demo prints: numbered steps, each with the time it took. */
import { createOutput, durationText } from '../../electron/commands/output.ts';
import { plainLine } from '../../electron/commands/plain-text.ts';
import type { FairleadError } from '../../shared/errors.ts';

const timeWidth = 8;
const indent = ' '.repeat(timeWidth + 7);

export interface Screen {
  title(text: string, below: string): void;
  /** Above the steps that belong together. */
  heading(text: string): void;
  /** @param details lines below it */
  step(ms: number, sentence: string, details?: readonly string[]): void;
  /** What the person is to do before the next step can end. */
  ask(sentence: string, details: readonly string[]): void;
  /** More of it, for when that does not work. */
  hint(sentence: string): void;
  /** A paragraph with a heading, to be copied from. */
  block(heading: string, text: string): void;
  note(sentence: string): void;
  fail(error: FairleadError): void;
}

export function createScreen(io: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env'>): Screen {
  const { stdout, stderr } = io;
  const output = createOutput({ ...io, json: false });
  const paint = output.paint.bind(output);
  const print = (line: string) => void stdout.write(`${line}\n`);
  let steps = 0;
  return {
    title(text, below) {
      print(`\n${paint('bold', text)}\n${paint('dim', below)}\n`);
    },
    heading(text) {
      print(`\n${paint('bold', text)}`);
    },
    step(ms, sentence, details = []) {
      steps += 1;
      const time = paint('dim', durationText(ms).padStart(timeWidth));
      print(`${String(steps).padStart(3)}  ${time}  ${plainLine(sentence)}`);
      for (const detail of details) print(`${indent}${detail}`);
    },
    ask(sentence, details) {
      print(`${indent}${paint('bold', sentence)}`);
      for (const detail of details) print(`${indent}${detail}`);
    },
    hint(sentence) {
      print(`${indent}${paint('dim', sentence)}`);
    },
    block(heading, text) {
      print(`\n${paint('bold', heading)}\n${text}`);
    },
    note(sentence) {
      print(`\n${sentence}`);
    },
    fail({ message, help }) {
      const sentence = plainLine(help === undefined ? message : `${message} ${help}`);
      stderr.write(`\n${paint('red', `demo: ${sentence}`)}\n`);
    },
  };
}
