/** Other programs' configs: the core writes them, on the machine as the desktop sees it. */
import { homedir } from 'node:os';
import { clipboard } from 'electron';
import { clientVariables, type PersonsMachine } from '../../shared/clients-control.ts';
import type { WindowCommandName } from '../../shared/desktop-names.ts';
import { FairleadError } from '../../shared/errors.ts';
import { endpointEntry } from '../clients/endpoint-entry.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import type { CoreLink } from './core-link.ts';
import type { DesktopHandlers } from './ipc.ts';

type ClientHandlers = Pick<
  DesktopHandlers,
  'clients.list' | 'clients.connect' | 'clients.disconnect' | 'clients.undo' | 'config.copy'
>;

/** A core that others started may have been told another home; and the window is not to name one. */
export function machineOf(env: NodeJS.ProcessEnv): PersonsMachine {
  const given = clientVariables.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { home: homedir(), env: Object.fromEntries(given) };
}

/** A command of the core that looks into other programs' configs looks where the desktop says. */
export function onMachine(name: WindowCommandName, input: unknown, machine: PersonsMachine): unknown {
  const looks = name === 'import.find' || name === 'import.apply';
  return looks ? { ...(input as object), machine } : input;
}

export function createClientHandlers({
  machine,
  paths,
  programFolder,
  core,
}: {
  readonly machine: PersonsMachine;
  readonly paths: ProfilePaths;
  readonly programFolder: string;
  readonly core: Pick<CoreLink, 'call'>;
}): ClientHandlers {
  return {
    'clients.list': () => core.call('clients.list', { machine }),
    'clients.connect': ({ client, container, name, dryRun }) =>
      core.call('clients.connect', {
        ...{ client, container, dryRun, machine },
        ...(name !== undefined && { entry: name }),
      }),
    'clients.disconnect': (input) => core.call('clients.disconnect', { ...input, machine }),
    'clients.undo': (input) => core.call('clients.undo', { ...input, machine }),
    async 'config.copy'({ container }) {
      const all = await core.call('containers.list', {});
      if (!all.some(({ name }) => name === container))
        throw new FairleadError('container_unknown', 'There is no container of this name.');
      const entry = endpointEntry({ programFolder, home: paths.home }, container);
      await clipboard.writeText(JSON.stringify(entry, null, 2));
      return {};
    },
  };
}
