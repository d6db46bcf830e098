/** What `fairlead audit` says of each decision about tools, programs and traffic. Names are a stranger's; the table makes them plain. */
import type { AuditLine } from '../../shared/audit.ts';
import { timeText } from './output.ts';

type PolicyLine = Extract<AuditLine, { kind: 'policy' }>;

/** More of a name says no more, and a terminal has other columns. */
const maxShown = 80;

const sentences: Readonly<Record<PolicyLine['change'], (line: PolicyLine) => string>> = {
  allowed: (line) => `You switched ${toolOf(line)} on${forProgram(line)}.`,
  denied: (line) => `You switched ${toolOf(line)} off${forProgram(line)}.`,
  level_set: ({ level = '' }) => `You chose "${level}" for tools that change.`,
  accepted: (line) => `You accepted what is new of ${toolOf(line)}.`,
  changed: (line) => `The container has changed ${toolOf(line)}. Clients get what is new.`,
  held: (line) => `The container has changed ${toolOf(line)}. What is new is held back until you accept it.`,
  restored: (line) => `The container has changed ${toolOf(line)} back to what it was.`,
  consent_on: () => 'You had programs wait for you before they use it for the first time.',
  consent_off: () => 'You let all programs use it that you have not denied it.',
  consent_asked: (line) => `${programOf(line)} asks you whether it may use it.`,
  consent_given: (line) => `You let ${programOf(line)} use it.`,
  consent_refused: (line) => `You keep ${programOf(line)} from using it.`,
  first_use: (line) => `${programOf(line)} uses it for the first time.`,
  paused: ({ by, until }) =>
    `You paused all traffic${by === 'window' ? ' in the window' : ''}${until === undefined ? '' : ` until ${timeText(until)}`}.`,
  resumed: () => 'You let traffic go on.',
};

export function policySentence(line: PolicyLine): string {
  return sentences[line.change](line);
}

function toolOf({ tool }: PolicyLine): string {
  if (tool === undefined) return 'its instructions';
  return `the ${/[*?]/.test(tool) ? 'tools' : 'tool'} "${shown(tool)}"`;
}

function programOf({ program = 'A program', path }: PolicyLine): string {
  return path === undefined ? shown(program) : `${shown(program)} (${shown(path)})`;
}

function forProgram({ program }: PolicyLine): string {
  return program === undefined ? '' : ` for ${shown(program)}`;
}

function shown(name: string): string {
  return name.length > maxShown ? `${name.slice(0, maxShown)}…` : name;
}
