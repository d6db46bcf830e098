/** Runs one of the demo's programs to its exit status: 2 for wrong usage, otherwise what its error says. */
import { CommanderError, type Command } from 'commander';
import { errorReport, exitStatus } from '../shared/errors.ts';

/** @param name stands before an error on stderr */
export async function runProgram(name: string, program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      process.exitCode = thrown.exitCode === 0 ? 0 : 2;
    } else {
      const { message, help } = errorReport(thrown);
      process.stderr.write(`${name}: ${message}${help === undefined ? '' : ` ${help}`}\n`);
      process.exitCode = exitStatus(thrown);
    }
  }
}
