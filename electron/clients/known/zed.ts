/** Zed, the editor: among all its settings. */
import { below, inAppData, inConfig, plainEntry, type KnownClient, type Machine } from './known-client.ts';

const folder = (machine: Machine) =>
  machine.platform === 'win32' ? inAppData(machine, 'Zed') : inConfig(machine, 'zed');

export const zed: KnownClient = {
  id: 'zed',
  title: 'Zed',
  format: 'json',
  keys: ['context_servers'],
  config: (machine) => below(machine, folder(machine), 'settings.json'),
  traces: (machine) => [folder(machine)],
  entry: (endpoint) => ({ source: 'custom', ...plainEntry(endpoint) }),
  takesUp: 'itself',
};
