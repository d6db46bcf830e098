/** What went wrong inside, told to whoever runs the container: a sentence of ours, never what a peer sent. */
import { errorReport } from '../../shared/errors.ts';

export function reportToStderr(thrown: unknown): void {
  const { message, help } = errorReport(thrown);
  process.stderr.write(`container: ${message}${help === undefined ? '' : ` ${help}`}\n`);
}
