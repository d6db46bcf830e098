/** `fairlead audit`: who called what and what else was decided, and whether the record of it is as it was written. */
import type { Command } from 'commander';
import type { AuditLine } from '../../shared/audit.ts';
import { verifyAudit, type AuditReport } from '../control/audit-verify.ts';
import { auditCells } from './audit-text.ts';
import type { CommandContext } from './context.ts';
import { table } from './output.ts';
import { countUpTo, recordedAudit } from './records.ts';

export function declareAudit(command: Command, context: CommandContext): void {
  command
    .description('show who called what')
    .option('-n, --last <count>', 'how many', countUpTo(100_000), 100)
    .option('--verify', 'check that no line was changed or taken away since it was written')
    .addHelpText('after', '\nExamples:\n  fairlead audit --json -n 1000\n  fairlead audit --verify')
    .action(async ({ last, verify }: { last: number; verify?: true }) => {
      if (verify === true) {
        await check(context);
        return;
      }
      const lines = await recordedAudit(context, last);
      context.output.result(lines, () =>
        lines.length === 0 ? 'Nothing has been called yet.' : auditTable(lines),
      );
    });
}

/** Reads the files themselves: a core that was tampered with would be a poor witness. */
async function check(context: CommandContext): Promise<void> {
  const { paths, output } = context;
  const report = await verifyAudit(paths.audit);
  output.result(report, () => sentencesOf(report).join('\n'));
  if (report.bad === undefined) return;
  const { file, line, why } = report.bad;
  output.note(`fairlead: ${file}, line ${line}: ${why} Lines before it are as they were written.`);
  context.exitWith(1);
}

function sentencesOf({ lines, files, first = 1, killed, bad }: AuditReport): string[] {
  if (bad !== undefined) return [`The audit is not as it was written: ${bad.file}, line ${bad.line}.`];
  if (lines === 0) return ['Nothing has been recorded yet.'];
  const sentences = [
    `All ${lines} lines in ${files} ${files === 1 ? 'file' : 'files'} are as they were written.`,
  ];
  if (first > 1)
    sentences.push(
      `Lines before number ${first} are not there any more: they were cut off by size, or deleted.`,
    );
  if (killed > 0)
    sentences.push(
      `A core was killed ${killed === 1 ? 'once' : `${killed} times`}: up to 250 ms before that may be missing.`,
    );
  return sentences;
}

function auditTable(lines: readonly AuditLine[]): string {
  return table(['AT', 'CONTAINER', 'CLIENT', 'CALLED', 'OUTCOME', 'TIME'], lines.map(auditCells));
}
