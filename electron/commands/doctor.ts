/** `fairlead doctor`: prints layer by layer what works, how long it took, and what to do about the rest. */
import type { Command } from 'commander';
import type { Layer } from '../../shared/control.ts';
import { asFairleadError, exitStatus, FairleadError } from '../../shared/errors.ts';
import { version } from '../runtime/version.ts';
import { writeDiagnostics } from './diagnostics.ts';
import { withCore, type CommandContext } from './context.ts';
import { durationText, type Output } from './output.ts';
import { plainLine } from './plain-text.ts';

export function declareDoctor(command: Command, context: CommandContext): void {
  command
    .description('look for what is wrong, layer by layer')
    .argument('[name]', 'a container; without it only what all of them need')
    .option('--bundle <file>', 'write what helps others to help you into a file, without secrets')
    .option('--yes', 'write it without being asked')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead doctor notes\n  fairlead doctor notes --bundle fairlead.json',
    )
    .action(async (name: string | undefined, { bundle, yes = false }: { bundle?: string; yes?: boolean }) => {
      const layers = await examine(context, name);
      if (bundle !== undefined) {
        await writeDiagnostics(context, layers, { file: bundle, yes });
        return;
      }
      context.output.result(layers, () => layers.map((layer) => describe(layer, context.output)).join('\n'));
      const broken = layers.find(({ outcome }) => outcome === 'failed');
      if (broken === undefined) return;
      context.output.note(`fairlead: ${broken.layer}: ${broken.detail} ${broken.help ?? ''}`);
      context.exitWith(statusOf(broken));
    });
}

async function examine(context: CommandContext, name: string | undefined): Promise<Layer[]> {
  const startedAt = performance.now();
  try {
    return await withCore(context, 'start', async (core) => {
      const layers = await core.call('doctor', name === undefined ? {} : { name });
      const running = await core.call('core.info', {});
      return layers.map((layer) => (layer.layer === 'core' ? ofVersion(layer, running.version) : layer));
    });
  } catch (thrown) {
    // A core that cannot be reached is a finding like any other.
    if (exitStatus(thrown) !== 5) throw thrown;
    const { message, help = 'Run `fairlead core --foreground` to see why.' } = asFairleadError(thrown);
    const durationMs = performance.now() - startedAt;
    return [{ layer: 'core', outcome: 'failed', durationMs, detail: message, help }];
  }
}

/** After an update the old core goes on until it has nothing to do. */
function ofVersion(layer: Layer, running: string): Layer {
  if (layer.outcome !== 'ok' || running === version) return layer;
  const detail = `The core is of version ${running}, and this command of version ${version}.`;
  const help = 'Run `fairlead stop`: the next core is of this version, and clients go on with that.';
  return { ...layer, outcome: 'failed', detail, help };
}

const marks = { ok: 'ok', failed: 'FAILED', skipped: '-' } as const;
const colors = { ok: 'green', failed: 'red', skipped: 'dim' } as const;

function describe({ layer, outcome, durationMs, detail, help }: Layer, output: Output): string {
  const time = outcome === 'skipped' ? '' : durationText(durationMs);
  const mark = output.paint(colors[outcome], marks[outcome].padEnd(6));
  const line = `${mark}  ${layer.padEnd(9)}  ${time.padStart(8)}  ${plainLine(detail)}`;
  return outcome === 'failed' && help !== undefined ? `${line}\n${' '.repeat(29)}${plainLine(help)}` : line;
}

/** docs/cli.md: 3 sign-in needed, 4 keychain, 5 core, 1 anything else. */
function statusOf({ layer, detail }: Layer): number {
  const code = layer === 'keychain' ? 'keychain_missing' : layer === 'core' ? 'core_unreachable' : undefined;
  return exitStatus(
    new FairleadError(code ?? (layer === 'token' ? 'secret_missing' : 'connect_failed'), detail),
  );
}
