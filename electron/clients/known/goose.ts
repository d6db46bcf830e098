/** Goose, in a terminal and as an app. Other than most it keeps its settings in `~/.config` on macOS, too. */
import { below, inAppData, inConfig, type KnownClient, type Machine } from './known-client.ts';

const folder = (machine: Machine) =>
  machine.platform === 'win32' ? inAppData(machine, 'Block', 'goose', 'config') : inConfig(machine, 'goose');

export const goose: KnownClient = {
  id: 'goose',
  title: 'Goose',
  format: 'yaml',
  keys: ['extensions'],
  config: (machine) => below(machine, folder(machine), 'config.yaml'),
  traces: (machine) => [folder(machine)],
  entry: ({ command, args, env = {} }, name) => ({
    enabled: true,
    type: 'stdio',
    name,
    description: '',
    cmd: command,
    args,
    envs: env,
    timeout: 300,
  }),
  takesUp: 'session',
};
