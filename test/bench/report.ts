/** The table of docs/benchmarks.md. */

export interface Figures {
  readonly name: string;
  readonly startMs: number | undefined;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly perSecond: number | undefined;
  readonly memoryMiB: number | undefined;
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
  run: { cores: number; node: string; rounds: number },
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
times: they come from the same run on the same machine.

| | ${names.join(' | ')} | Fairlead ÷ mcp-remote | aim |
| --- | ${names.map(() => '---:').join(' | ')} | ---: | ---: |
${cells.join('\n')}
`;
}
