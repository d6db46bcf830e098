/** Demo entry: what `npm run demo` runs. Signs in, shows tool calls all the way, waits for Ctrl-C, and takes it all back. */
import { parseArgs } from 'node:util';
import { asFairleadError, exitStatus, FairleadError } from '../shared/errors.ts';
import { createScope } from '../electron/runtime/scope.ts';
import { createScreen } from './tour/screen.ts';
import { giveTour } from './tour/tour.ts';

/** Each of the programs it ends has a deadline of its own; together they stay below this. */
const endingMs = 40_000;

const usage =
  'Usage: npm run demo [-- --once]\n  --once  end after the last step, without waiting for Ctrl-C\n';

async function main(): Promise<number> {
  const screen = createScreen(process);
  const interrupt = interruption();
  let status = 0;
  const fail = (thrown: unknown) => {
    screen.fail(asFairleadError(thrown));
    status = 1;
  };
  try {
    const options = readArguments();
    if (options.help) {
      process.stdout.write(usage);
      return 0;
    }
    const scope = createScope({ deadlineMs: endingMs, onError: fail });
    try {
      const tour = await giveTour({ scope, screen, interrupt, stays: !options.once });
      if (!options.once) {
        screen.note('Press Ctrl-C to end.');
        await aborted(AbortSignal.any([interrupt, tour.broken]));
        if (!interrupt.aborted) tour.broken.throwIfAborted();
      }
      screen.note(interrupt.aborted ? 'Ending …' : 'At the end:');
      await tour.signOut();
    } catch (thrown) {
      // What breaks because of Ctrl-C is not a failure.
      if (interrupt.aborted) screen.note('Ending …');
      else fail(thrown);
    }
    await scope.close();
    if (status === 0) screen.note('All of it has ended, and nothing of it is kept.');
  } catch (thrown) {
    fail(thrown);
    return exitStatus(thrown);
  }
  return status;
}

function readArguments(): { once: boolean; help: boolean } {
  try {
    const { values } = parseArgs({ options: { once: { type: 'boolean' }, help: { type: 'boolean' } } });
    return { once: values.once === true, help: values.help === true };
  } catch (cause) {
    throw new FairleadError('usage', 'The demo takes only --once.', {
      help: 'npm run demo -- --once',
      cause,
    });
  }
}

/** Aborted by Ctrl-C, by a closing terminal, or when nobody reads what is printed any more. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort());
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => controller.abort());
  return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

process.exitCode = await main();
