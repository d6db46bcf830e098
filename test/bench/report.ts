/** The table of docs/benchmarks.md. */

export interface Figures {
  readonly name: string;
  readonly startMs: number | undefined;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly perSecond: number | undefined;
  readonly memoryMiB: number | undefined;
}

/** What the audit and the policy cost. */
export interface RecordingFigures {
  readonly lines: number;
  /** Of one call, for putting it on record. */
  readonly appendP50Us: number;
  readonly appendP99Us: number;
  /** Of one small call inside the core, with and without both. */
  readonly withP50Ms: number;
  readonly withoutP50Ms: number;
}

interface Row {
  readonly title: string;
  readonly of: (figures: Figures) => number | undefined;
  readonly digits: number;
  /** What Fairlead aims at, as Fairlead ÷ mcp-remote. */
  readonly aim: string;
}

const rows: readonly Row[] = [
  { title: 'start: spawn → `initialize` answered (ms)', of: (f) => f.startMs, digits: 0, aim: '≤ 0.20' },
  { title: 'one small call, p50 (ms)', of: (f) => f.p50Ms, digits: 2, aim: '≤ 0.30' },
  { title: 'one small call, p99 (ms)', of: (f) => f.p99Ms, digits: 2, aim: '' },
  { title: 'calls per second, 64 in flight', of: (f) => f.perSecond, digits: 0, aim: '≥ 5' },
  {
    title: 'memory of 10 clients at rest, core included (MiB, PSS)',
    of: (f) => f.memoryMiB,
    digits: 0,
    aim: '≤ 0.25',
  },
];

/** @param figures of direct HTTP, mcp-remote and Fairlead, in this order */
export function report(
  figures: readonly Figures[],
  recording: RecordingFigures | undefined,
  run: { cores: number; node: string; rounds: number; emptyStartMs: number },
): string {
  const [, remote, fairlead] = figures;
  const cells = rows.map((row) => {
    const values = figures.map((each) => row.of(each)?.toFixed(row.digits) ?? '–');
    const ours = fairlead === undefined ? undefined : row.of(fairlead);
    const theirs = remote === undefined ? undefined : row.of(remote);
    const ratio = ours === undefined || theirs === undefined ? '–' : (ours / theirs).toFixed(2);
    return `| ${[row.title, ...values, ratio, row.aim].join(' | ')} |`;
  });
  const names = figures.map(({ name }) => name);
  return `# Benchmarks

Made by \`npm run bench\` on ${run.cores} cores with Node ${run.node}: medians of ${run.rounds} rounds in which the ways
take turns against one server on loopback that does next to nothing. The core is warm. Ratios are worth more than
times: they come from the same run on the same machine. Of each start, Node itself takes ${run.emptyStartMs.toFixed(0)} ms: so long a
program that does nothing takes from its start to its end. \`NODE_EXTRA_CA_CERTS\` is not set for any of them, as Node reads
what it names at every start, some 0.1 s for a system's whole bundle.

| | ${names.join(' | ')} | Fairlead ÷ mcp-remote | aim |
| --- | ${names.map(() => '---:').join(' | ')} | ---: | ---: |
${cells.join('\n')}
${recording === undefined ? '' : recordingReport(recording, fairlead?.p50Ms)}`;
}

/** @param wholeP50Ms of one small call of a client through Fairlead */
function recordingReport(figures: RecordingFigures, wholeP50Ms = Number.NaN): string {
  const { lines, appendP50Us, appendP99Us, withP50Ms, withoutP50Ms } = figures;
  const addedMs = withP50Ms - withoutP50Ms;
  const share = `${((addedMs / wholeP50Ms) * 100).toFixed(1)} %`;
  return `
## What the audit and the policy cost

Of ${lines.toLocaleString('en')} lines of the audit none was lost, across files that were cut off, and the chain of them held. The
last rows are one session inside a core against the same server, in turns with and without a policy (rules for all programs and
for this one, consent, changed tools held back) and the audit.

| | | aim |
| --- | ---: | ---: |
| putting a call on record, p50 (µs) | ${appendP50Us.toFixed(1)} | < 50 |
| the same, p99 (µs) | ${appendP99Us.toFixed(1)} |  |
| one small call without, p50 (ms) | ${withoutP50Ms.toFixed(3)} |  |
| one small call with, p50 (ms) | ${withP50Ms.toFixed(3)} |  |
| what that adds, of a whole call through Fairlead as above | ${share} | ≤ 5 % |
`;
}
